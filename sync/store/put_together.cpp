// After a salvage: facts that were saved in part.
#include "sync/store/second_copy.h"
#include "sync/store/set_back.h"
#include "sync/store/sql_values.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

// A header whose body is lost says nothing; the endpoint or the second copy has the fact.
constexpr const char* headers_alone =
    "delete from operation where partnership = :partnership and not exists (select 1 from operation_body b "
    "where b.partnership = operation.partnership and b.operation_id = operation.operation_id)";
constexpr const char* bodies_alone =
    "select operation_id, body from operation_body where not exists (select 1 from operation o "
    "where o.partnership = :partnership and o.operation_id = operation_body.operation_id)";

// Taken out, so that the fact can come in whole, from an envelope if it stands in one.
Result<std::vector<wire::OpenedOperation>> take_bodies_alone(SqlConnection& sql) {
    std::vector<wire::OpenedOperation> found;
    std::vector<Uuid> ids;
    TRY_DO(sql.query(bodies_alone, {{"partnership", home_partnership}}, [&](const SqlRow& row) {
        ids.push_back(row.uuid(0));
        found.push_back(wire::open_operation(row.blob(1)));
        return true;
    }));
    for (const auto& id : ids)
        TRY_DO(sql.run("delete from operation_body where operation_id = :id", {{"id", sql_value(id)}}));
    return found;
}

// In the form that this tablet can read, which is not always the one that travels.
Result<std::vector<wire::Envelope>> readable_envelopes(SqlConnection& sql, const Uuid& enrolment) {
    std::vector<wire::Envelope> envelopes;
    TRY_DO(sql.query(
        "select envelope_id, first_seq, last_seq, case when length(plain) > 0 then plain else body "
        "end from envelope where enrolment = :enrolment order by first_seq",
        {{"enrolment", sql_value(enrolment)}}, [&](const SqlRow& row) {
            const auto first = unsigned_column(row, 1);
            const auto count = unsigned_column(row, 2) - first + 1;
            envelopes.push_back({row.uuid(0), first, static_cast<std::uint32_t>(count), row.blob(3)});
            return true;
        }));
    return envelopes;
}

}  // namespace

// A tablet that was never enrolled has the place of its facts from their envelopes alone.
Result<void> put_in_sequence(SqlConnection& sql, const std::vector<wire::OpenedOperation>& opened,
                             const Uuid& enrolment) {
    for (const auto& one : opened)
        if (one.operation && one.sequence != 0)
            TRY_DO(sql.run("update operation set enrolment = :enrolment, tablet_seq = :sequence where "
                           "partnership = :partnership and operation_id = :id and tablet_seq is null",
                           {{"enrolment", sql_value(enrolment)},
                            {"sequence", sql_value(one.sequence)},
                            {"partnership", home_partnership},
                            {"id", sql_value(one.operation->id)}}));
    return {};
}

Result<PutBack> Store::keep_second_copy(SecondCopy& copy) {
    TRY_DO(check_unlocked(*state_));
    state_->second_copy = nullptr;
    TRY(const auto back, put_back_from(*this, copy.content()));
    if (!back.unreadable.empty())
        TRY_DO(copy.keep_aside(back.unreadable));
    if (back.copy_differs)
        TRY_DO(copy.begin_anew(sql()));
    state_->second_copy = &copy;
    TRY_DO(copy.catch_up(sql()));
    // A locked tablet may have sent everything meanwhile; it does not touch the copy.
    TRY_DO(copy.drop_acknowledged(sql()));
    return back.told;
}

Result<std::int64_t> Store::put_together() {
    TRY(auto transaction, begin());
    auto& sql = transaction.sql();
    Uuid enrolment;
    TRY_DO(sql.query("select enrolment from sync_state where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         enrolment = row.uuid(0);
                         return false;
                     }));
    TRY_DO(sql.run(headers_alone, {{"partnership", home_partnership}}));
    TRY(const auto alone, take_bodies_alone(sql));
    // Envelopes first: they know the fact's place in the tablet's sequence.
    TRY(const auto sent, readable_envelopes(sql, enrolment));
    std::int64_t added = 0;
    for (const auto& envelope : sent)
        if (const auto opened = wire::open_envelope(envelope); opened.ok()) {
            TRY(const auto appended, transaction.append_received(*opened, enrolment));
            added += appended.added;
            TRY_DO(put_in_sequence(sql, *opened, enrolment));
        }
    TRY(const auto bodies, transaction.append_received(alone, Uuid{}));
    TRY_DO(transaction.commit());
    return added + bodies.added;
}

}  // namespace doorstep
