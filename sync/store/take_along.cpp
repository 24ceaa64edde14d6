#include "sync/store/take_along.h"

#include <vector>

#include "sync/store/own_envelopes.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

struct StillOwn {
    Uuid id;
    std::int64_t first_of_envelope = 0;
    Operation operation;
};

// From the log, not from the envelopes: those may be sealed so that nobody here opens them.
Result<std::vector<StillOwn>> waiting_facts(SqlConnection& sql, const Uuid& enrolment, Sequence acked) {
    std::vector<StillOwn> waiting;
    TRY_DO(sql.query(
        "select o.operation_id, b.body, (select max(e.first_seq) from envelope e where "
        "e.partnership = o.partnership and e.enrolment = o.enrolment and e.first_seq <= "
        "o.tablet_seq) from operation o join operation_body b on b.partnership = o.partnership "
        "and b.operation_id = o.operation_id where o.partnership = :partnership and "
        "o.enrolment = :enrolment and o.tablet_seq > :acked and coalesce(o.shortened, 0) = 0 order by "
        "o.tablet_seq",
        {{"partnership", home_partnership}, {"enrolment", sql_value(enrolment)}, {"acked", sql_value(acked)}},
        [&](const SqlRow& row) {
            auto opened = wire::open_operation(row.blob(1));
            if (opened.operation && opened.operation->id == row.uuid(0))
                waiting.push_back({row.uuid(0), row.integer(2), std::move(*opened.operation)});
            return true;
        }));
    return waiting;
}

Result<void> move_place(SqlConnection& sql, const Uuid& enrolment, const Operation& operation,
                        const std::string& body) {
    TRY_DO(sql.run("update operation set enrolment = :enrolment, tablet_seq = :sequence where "
                   "partnership = :partnership and operation_id = :id",
                   {{"enrolment", sql_value(enrolment)},
                    {"sequence", sql_value(operation.sequence)},
                    {"partnership", home_partnership},
                    {"id", sql_value(operation.id)}}));
    TRY_DO(
        sql.run("update operation_body set body = :body where partnership = :partnership and "
                "operation_id = :id",
                {{"body", Blob{body}}, {"partnership", home_partnership}, {"id", sql_value(operation.id)}}));
    return {};
}

// What was recorded together stays together.
Result<void> send_again(StoreParts& store, std::vector<StillOwn>& together) {
    auto& sql = *store.sql;
    TRY(const auto place, own_place(sql));
    std::vector<std::string> encoded;
    for (auto& one : together) {
        one.operation.sequence = place.last_sequence + 1 + encoded.size();
        encoded.push_back(wire::encode(one.operation));
        TRY_DO(move_place(sql, place.enrolment, one.operation, encoded.back()));
    }
    TRY_DO(write_own_envelope(sql, place, Uuid::random(*store.random), encoded, store.books->without_form()));
    together.clear();
    return {};
}

}  // namespace

Result<std::int64_t> take_along(StoreParts& store, const Uuid& before, Sequence acked, Sequence last) {
    auto& sql = *store.sql;
    TRY(auto waiting, waiting_facts(sql, before, acked));
    std::vector<StillOwn> together;
    for (auto& one : waiting) {
        if (!together.empty() && together.back().first_of_envelope != one.first_of_envelope)
            TRY_DO(send_again(store, together));
        together.push_back(std::move(one));
    }
    if (!together.empty())
        TRY_DO(send_again(store, together));
    // What nobody can read here any more may still lie in one of them.
    if (waiting.size() < last - acked)
        return static_cast<std::int64_t>(waiting.size());
    TRY_DO(sql.run(
        "delete from envelope where partnership = :partnership and enrolment = :enrolment and "
        "first_seq > :acked",
        {{"partnership", home_partnership}, {"enrolment", sql_value(before)}, {"acked", sql_value(acked)}}));
    return static_cast<std::int64_t>(waiting.size());
}

}  // namespace doorstep
