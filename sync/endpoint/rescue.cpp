// What a tablet could not send and another one, or the operator, brings: the push that it
// would have been, taken in on its behalf.
#include "sync/store/rescue.h"

#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/replies.h"
#include "sync/store/row_locks.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

// Beside the push stand a key and a signature.
constexpr std::size_t rescue_bytes_max = limits::push_bytes_max + 1024;

EndpointResponse bad_rescue(std::string what) {
    return refusal_response(400, "bad_rescue", std::move(what));
}

bool is_fork(const EndpointResponse& response) {
    const auto refusal =
        response.status == 409 ? wire::decode_refusal(response.body) : Result<wire::Refusal>(Error{});
    return refusal.ok() && refusal->code == "fork";
}

}  // namespace

Result<EndpointResponse> take_rescued(const Call& carrier, std::string_view frame) {
    if (frame.size() > rescue_bytes_max)
        return refusal_response(413, "too_large", "A part of a rescue file has at most 257 KiB.");
    const auto rescued = open_rescue_frame(frame);
    if (!rescued.ok())
        return bad_rescue(rescued.error().what);
    TRY(const auto named, find_enrolment(carrier.transaction.sql(), rescued->push.enrolment));
    // A tablet that carries it learns nothing of which others there are.
    if (!named || rescued->tablet_key.bytes != named->verify_key)
        return bad_rescue("The rescue file was not made by a tablet that is enrolled with this endpoint.");
    const bool by_operator = carrier.request.method.empty();
    if (named->revoked_ms != 0 && !by_operator)
        return bad_rescue(
            "The centre ended the enrolment of the tablet that it is of. Bring the file there.");
    Call call{carrier.request,
              {},
              carrier.transaction,
              carrier.directory,
              carrier.clock,
              carrier.store,
              carrier.safeguarding_key,
              *named,
              carrier.keys,
              carrier.books,
              carrier.min_app,
              true};
    auto push = rescued->push;
    push.epoch_seen.reset();  // it may have waited on a stick for longer than the epoch lasted
    return take_push(call, push);
}

Result<EndpointResponse> rescue(Call& call) {
    return take_rescued(call, call.request.body);
}

Result<TakenIn> Endpoint::take_in(std::string_view frame, const std::string& who) {
    auto& state = *state_;
    TRY(auto transaction, state.store.begin());
    // As handle() does: two that locked feed and tablets in another order would wait for each other.
    TRY_DO(lock_feed(transaction.sql()));
    const EndpointRequest nobody;
    const Call call{
        nobody, {},     transaction,      state.directory, state.clock, state.store, state.safeguarding_key,
        {},     keys(), state.books.get()};
    TRY(const auto response, take_rescued(call, frame));
    const bool other_history = is_fork(response);
    const auto rescued = open_rescue_frame(frame);
    if ((response.status == 200 || other_history) && rescued.ok())
        TRY_DO(note_in_audit(transaction.sql(), state.clock,
                             {who, "take-in", "enrolment " + rescued->push.enrolment.text(), {}}));
    TRY_DO(transaction.commit());
    if (response.status != 200 && !other_history) {
        const auto refusal = wire::decode_refusal(response.body);
        return Error{response.status == 409 ? Fault::conflict : Fault::refused,
                     refusal.ok() ? refusal->what : std::string("It was refused."), ""};
    }
    TRY_DO(rescued);
    TakenIn taken{{}, rescued->push.enrolment, 0, 0, 0};
    for (const auto& envelope : rescued->push.envelopes)
        taken.facts += envelope.count;
    TRY(const auto named, find_enrolment(state.sql, taken.enrolment));
    if (named) {
        taken.tablet = named->tablet;
        taken.acked_through = named->acked_through;
    }
    if (other_history) {
        taken.beside = TakenIn::Beside::other_history;
        return taken;
    }
    TRY(const auto reply, wire::decode_push_reply(response.body));
    taken.set_aside = reply.quarantined.size();
    if (reply.acked_through < rescued->push.first_sequence)
        taken.beside = TakenIn::Beside::behind_hole;
    return taken;
}

}  // namespace doorstep
