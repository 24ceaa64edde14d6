#include "sync/store/in_doubt.h"

#include "sync/operation/bare.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

Result<bool> finds(SqlConnection& sql, std::string_view query, std::initializer_list<SqlParameter> asked) {
    bool found = false;
    TRY_DO(sql.query(query, asked, [&](const SqlRow&) {
        found = true;
        return false;
    }));
    return found;
}

}  // namespace

Result<bool> is_in_doubt(SqlConnection& sql, const Operation& arrived, RecordedBetween recorded) {
    if (recorded.earliest >= recorded.latest || !bare(arrived, Uuid{}))
        return false;
    std::uint64_t last_order = 0;
    TRY_DO(sql.query(
        "select hybrid_clock from erasure where partnership = :partnership and subject = :subject "
        "and cause = 'erase' order by hybrid_clock desc limit 1",
        {{"partnership", home_partnership}, {"subject", sql_value(arrived.subject)}}, [&](const SqlRow& row) {
            last_order = unsigned_column(row, 0);
            return false;
        }));
    if (last_order < recorded.earliest || last_order >= recorded.latest || last_order == 0)
        return false;
    TRY(const bool known,
        finds(sql, "select 1 from operation where partnership = :partnership and operation_id = :id",
              {{"partnership", home_partnership}, {"id", sql_value(arrived.id)}}));
    TRY(const bool forgotten,
        finds(sql, "select 1 from erased_operation where partnership = :partnership and operation_id = :id",
              {{"partnership", home_partnership}, {"id", sql_value(arrived.id)}}));
    return !known && !forgotten;
}

Result<bool> was_forgotten(SqlConnection& sql, const Uuid& home) {
    return finds(sql,
                 "select 1 from erasure where partnership = :partnership and subject = :subject and cause = "
                 "'erase' limit 1",
                 {{"partnership", home_partnership}, {"subject", sql_value(home)}});
}

}  // namespace doorstep
