#include "tests/simulation/oracle_tables.h"

#include "sync/store/sql_values.h"

namespace doorstep::simulation {

bool read_number(SqlConnection& sql, std::uint64_t& number, std::string_view query, Parameters parameters) {
    return sql
        .query(query, parameters,
               [&](const SqlRow& row) {
                   number = unsigned_column(row, 0);
                   return false;
               })
        .ok();
}

bool read_log(SqlConnection& sql, Log& log) {
    return sql
        .query("select o.operation_id, b.body from operation o join operation_body b on "
               "b.partnership = o.partnership and b.operation_id = o.operation_id",
               {},
               [&](const SqlRow& row) {
                   log.emplace(row.uuid(0), row.blob(1));
                   return true;
               })
        .ok();
}

bool read_ids(SqlConnection& sql, std::vector<Uuid>& ids, std::string_view query, Parameters parameters) {
    return sql
        .query(query, parameters,
               [&](const SqlRow& row) {
                   ids.push_back(row.uuid(0));
                   return true;
               })
        .ok();
}

bool read_place(SqlConnection& sql, Place& place) {
    return sql
        .query("select epoch, acked_seq, last_seq, pull_cursor from sync_state", {},
               [&](const SqlRow& row) {
                   place = {row.blob(0), unsigned_column(row, 1), unsigned_column(row, 2),
                            unsigned_column(row, 3)};
                   return false;
               })
        .ok();
}

}  // namespace doorstep::simulation
