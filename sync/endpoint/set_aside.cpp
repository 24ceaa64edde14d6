// What was set aside because the form that it was written with was not published here: read again
// once it is.  Its place in the feed stays, empty; the facts get places of their own.
#include "sync/endpoint/set_aside.h"

#include "sync/endpoint/branches.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/row_locks.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

struct SetAside {
    Uuid id;  // made of its bytes: it had no readable one
    Uuid enrolment;
    wire::Envelope envelope;  // without its body
    std::int64_t received_ms = 0;
};

// Whatever was stored, the bodies are never in memory together.
Result<std::vector<SetAside>> unreadable_rows(EndpointParts& state) {
    std::vector<SetAside> found;
    TRY_DO(state.sql.query(
        "select o.operation_id, o.enrolment, e.envelope_id, e.first_seq, e.last_seq, o.received_ms from "
        "operation o "
        "join envelope e on e.partnership = o.partnership and e.enrolment = o.enrolment and "
        "e.first_seq = o.tablet_seq where o.partnership = :partnership and o.type = 'unreadable' and "
        "o.status = 1 order by o.pull_seq",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            const auto first = unsigned_column(row, 3);
            found.push_back(
                {row.uuid(0),
                 row.uuid(1),
                 {row.uuid(2), first, static_cast<std::uint32_t>(unsigned_column(row, 4) - first + 1), {}},
                 row.integer(5)});
            return true;
        }));
    return found;
}

// Of a branch: that of its tablet, and then it is named.
Result<std::optional<TabletRow>> tablet_behind(SqlConnection& sql, const Uuid& enrolment,
                                               std::optional<Uuid>& branch) {
    TRY(const auto of, branch_of(sql, enrolment));
    if (of)
        branch = enrolment;
    return find_enrolment(sql, of.value_or(enrolment));
}

// An empty body: nothing of it is folded or given out again.
Result<void> leave_place_empty(SqlConnection& sql, const Uuid& id) {
    TRY_DO(
        sql.run("update operation set tablet_seq = null, status = 0, reason = '', type = 'read_later' where "
                "partnership = :partnership and operation_id = :id",
                {{"partnership", home_partnership}, {"id", sql_value(id)}}));
    TRY_DO(sql.run("update operation_body set body = :none where partnership = :partnership and "
                   "operation_id = :id",
                   {{"none", Blob{}}, {"partnership", home_partnership}, {"id", sql_value(id)}}));
    return {};
}

Result<std::uint64_t> read_one(EndpointParts& state, const SetAside& one) {
    auto body = state.store.body(one.id);
    if (!body.ok() && body.error().fault != Fault::damaged)
        return body.error();
    auto envelope = one.envelope;
    if (body.ok() && *body)
        envelope.body = std::move(**body);
    if (!is_sealed(envelope))
        return std::uint64_t{0};
    const auto plain = unsealed(envelope, &state.keys->sealing, *state.books);
    auto opened =
        plain.ok() ? wire::open_envelope(*plain) : Result<std::vector<wire::OpenedOperation>>(plain.error());
    if (!opened.ok())
        return std::uint64_t{0};
    TRY(auto transaction, state.store.begin());
    auto& sql = transaction.sql();
    TRY_DO(lock_feed(sql));
    std::optional<Uuid> branch;
    TRY(const auto tablet, tablet_behind(sql, one.enrolment, branch));
    if (!tablet)
        return std::uint64_t{0};
    TRY_DO(leave_place_empty(sql, one.id));
    const EndpointRequest nobody;
    auto call = call_of(state, nobody, transaction, *tablet);
    call.rescued = true;
    call.branch = branch;
    call.clock_reading = ClockReading{one.received_ms, one.received_ms};
    const auto facts = static_cast<std::uint64_t>(opened->size());
    auto restricted = restricted_of(*opened, &*state.keys, *state.books);
    TRY_DO(take_facts(call, {std::move(*opened), std::move(restricted)}));
    TRY_DO(note_in_audit(sql, state.clock,
                         {"endpoint", "read-set-aside", "enrolment " + one.enrolment.text(), {}}));
    TRY_DO(transaction.commit());
    return facts;
}

}  // namespace

Result<SetAsideList> set_aside_list(SqlConnection& sql, std::int64_t at_most) {
    SetAsideList list;
    TRY_DO(
        sql.query("select (select count(*) from operation where partnership = :partnership and status = 1) "
                  "+ (select count(*) from fork where partnership = :partnership)",
                  {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                      list.all = unsigned_column(row, 0);
                      return false;
                  }));
    TRY_DO(sql.query(
        "select a.operation_id, coalesce(t.tablet, ''), a.reason, a.since_ms from (select operation_id, "
        "enrolment, reason, received_ms as since_ms from operation where partnership = :partnership and "
        "status = 1 union all select operation_id, enrolment, reason, 0 from fork where partnership = "
        ":partnership) a left join branch b on b.partnership = :partnership and b.enrolment = a.enrolment "
        "left join tablet t on t.partnership = :partnership and t.enrolment = coalesce(b.of_enrolment, "
        "a.enrolment) order by a.since_ms desc, a.operation_id limit :most",
        {{"partnership", home_partnership}, {"most", at_most}}, [&](const SqlRow& row) {
            list.rows.push_back({row.uuid(0), row.text(1), row.text(2), row.integer(3)});
            return true;
        }));
    return list;
}

Result<std::vector<Uuid>> unreadable_since(SqlConnection& sql, std::int64_t before_ms) {
    constexpr std::int64_t ids_enough = 20;
    std::vector<Uuid> ids;
    TRY_DO(sql.query("select operation_id from operation where partnership = :partnership and status = 1 and "
                     "type = 'unreadable' and received_ms < :before order by received_ms, operation_id limit "
                     ":most",
                     {{"partnership", home_partnership}, {"before", before_ms}, {"most", ids_enough}},
                     [&](const SqlRow& row) {
                         ids.push_back(row.uuid(0));
                         return true;
                     }));
    return ids;
}

Result<std::uint64_t> Endpoint::read_set_aside() {
    if (!state_->keys)
        return std::uint64_t{0};
    TRY_DO(open_kept_branches(*state_));
    TRY(const auto rows, unreadable_rows(*state_));
    std::uint64_t facts = 0;
    for (const auto& one : rows) {
        TRY(const auto read, read_one(*state_, one));
        facts += read;
    }
    return facts;
}

}  // namespace doorstep
