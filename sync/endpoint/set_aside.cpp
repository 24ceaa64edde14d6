// What was set aside because the form that it was written with was not published here: read again
// once it is.  Its place in the feed stays, empty; the facts get places of their own.
#include <algorithm>

#include "sync/endpoint/endpoint_state.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

struct SetAside {
    Uuid id;  // made of its bytes: it had no readable one
    Uuid enrolment;
    wire::Envelope envelope;
};

// With bytes that are still sealed to this endpoint.
Result<std::vector<SetAside>> sealed_rows(EndpointParts& state) {
    std::vector<SetAside> found;
    TRY_DO(state.sql.query(
        "select o.operation_id, o.enrolment, e.envelope_id, e.first_seq, e.last_seq from operation o "
        "join envelope e on e.partnership = o.partnership and e.enrolment = o.enrolment and "
        "e.first_seq = o.tablet_seq where o.partnership = :partnership and o.type = 'unreadable' and "
        "o.status = 1 order by o.pull_seq",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            const auto first = unsigned_column(row, 3);
            found.push_back(
                {row.uuid(0),
                 row.uuid(1),
                 {row.uuid(2), first, static_cast<std::uint32_t>(unsigned_column(row, 4) - first + 1), {}}});
            return true;
        }));
    for (auto& one : found) {
        const auto body = state.store.body(one.id);
        if (!body.ok() && body.error().fault != Fault::damaged)
            return body.error();
        if (body.ok() && *body)
            one.envelope.body = **body;
    }
    std::erase_if(found, [](const SetAside& one) { return !is_sealed(one.envelope); });
    return found;
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
    const auto plain = unsealed(one.envelope, &state.keys->sealing, *state.books);
    auto opened =
        plain.ok() ? wire::open_envelope(*plain) : Result<std::vector<wire::OpenedOperation>>(plain.error());
    if (!opened.ok())
        return std::uint64_t{0};
    TRY(auto transaction, state.store.begin());
    auto& sql = transaction.sql();
    TRY(const auto tablet, find_enrolment(sql, one.enrolment));
    if (!tablet)
        return std::uint64_t{0};
    TRY_DO(leave_place_empty(sql, one.id));
    const EndpointRequest nobody;
    Call call{nobody,
              {},
              transaction,
              state.directory,
              state.clock,
              state.store,
              state.safeguarding_key,
              *tablet,
              &*state.keys,
              state.books.get(),
              {},
              true};
    const auto facts = static_cast<std::uint64_t>(opened->size());
    auto restricted = restricted_of(*opened, &*state.keys, *state.books);
    TRY_DO(take_facts(call, {std::move(*opened), std::move(restricted)}));
    TRY_DO(note_in_audit(sql, state.clock,
                         {"endpoint", "read-set-aside", "enrolment " + one.enrolment.text(), {}}));
    TRY_DO(transaction.commit());
    return facts;
}

}  // namespace

Result<std::uint64_t> Endpoint::read_set_aside() {
    if (!state_->keys)
        return std::uint64_t{0};
    TRY(const auto rows, sealed_rows(*state_));
    std::uint64_t facts = 0;
    for (const auto& one : rows) {
        TRY(const auto read, read_one(*state_, one));
        facts += read;
    }
    return facts;
}

}  // namespace doorstep
