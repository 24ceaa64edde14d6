// POST /v1/push: what a tablet has to tell.
//
// The frame is compared with what is held already, envelope by envelope, before
// anything is written: a resent one is skipped, a hole is told, and another history
// of the same tablet (a copied or restored storage) is kept aside as it came.
// Content is never refused: what cannot be read is kept, set aside and told.
#include <algorithm>
#include <deque>
#include <iterator>
#include <limits>
#include <map>

#include "sync/agencies/outbox.h"
#include "sync/endpoint/branches.h"
#include "sync/endpoint/clock_skew.h"
#include "sync/endpoint/concerns.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/media.h"
#include "sync/endpoint/push.h"
#include "sync/endpoint/replies.h"
#include "sync/store/erase.h"
#include "sync/store/own_envelopes.h"
#include "sync/store/run_later.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

enum class Compared : std::uint8_t { follows, gap, fork };

struct Comparison {
    Compared compared = Compared::follows;
    std::size_t known = 0;  // envelopes from the first on that are held already
};

Result<bool> stands_at(const Call& call, Sequence sequence, const Sha256& chain) {
    if (sequence == call.tablet.acked_through)
        return call.tablet.chain == chain;  // almost every push
    auto held = call.store.chain_at(call.tablet.enrolment, sequence);
    if (!held.ok() && held.error().fault != Fault::not_found)
        return held.error();
    return held.ok() && *held == chain;
}

Result<Comparison> compare(const Call& call, const wire::PushRequest& request) {
    const Sequence acked = call.tablet.acked_through;
    if (request.first_sequence > acked + 1)
        return Comparison{Compared::gap};
    TRY(const bool before, stands_at(call, request.first_sequence - 1, request.chain_before));
    if (!before)
        return Comparison{Compared::fork};
    Comparison result;
    Sha256 chain = request.chain_before;
    for (const auto& envelope : request.envelopes) {
        if (envelope.first_sequence > acked)
            break;
        chain = wire::chain(chain, envelope);
        TRY(const bool held, stands_at(call, envelope.last_sequence(), chain));
        if (!held) {
            result.compared = Compared::fork;
            return result;
        }
        ++result.known;
    }
    return result;
}

// With its first push after a restore a tablet says how much it has: none of that can be told from
// what it had handed over before.
Result<void> learn_suspects(Call& call, const wire::PushRequest& request) {
    if (call.tablet.suspect_through >= 0)
        return {};
    call.tablet.suspect_through = static_cast<std::int64_t>(
        std::max(request.first_sequence - 1 + request.unsent, request.envelopes.back().last_sequence()));
    TRY_DO(call.transaction.sql().run("update tablet set suspect_seq = :suspect where partnership = "
                                      ":partnership and enrolment = :enrolment",
                                      {{"suspect", call.tablet.suspect_through},
                                       {"partnership", home_partnership},
                                       {"enrolment", sql_value(call.tablet.enrolment)}}));
    return {};
}

// Who sent it still has it, and is told like everybody.
Result<void> tell_forgotten(Call& call, const std::vector<std::pair<Uuid, Uuid>>& forgotten) {
    for (const auto& [order, fact] : forgotten) {
        Operation told;
        told.subject = order;
        TRY(const auto through, ordered_through(call.transaction.sql(), order));
        told.payload = RecordsErased{order, {fact}, through};
        TRY_DO(call.transaction.append({told}));
    }
    return {};
}

// After the referrals that came with them; of what was forgotten before it came no picture is taken.
Result<void> keep_named_media(Call& call, const std::vector<wire::OpenedOperation>& opened,
                              const std::vector<std::pair<Uuid, Uuid>>& forgotten) {
    for (const auto& one : opened) {
        const auto* finished =
            one.operation ? std::get_if<QuestionnaireFinished>(&one.operation->payload) : nullptr;
        if (!finished || finished->media.empty() ||
            std::any_of(forgotten.begin(), forgotten.end(),
                        [&](const auto& pair) { return pair.second == one.operation->id; }))
            continue;
        auto& sql = call.transaction.sql();
        TRY_DO(name_media(sql, call.clock, call.tablet.enrolment, *one.operation));
        TRY_DO(open_gates(sql, call.clock, one.operation->id));
    }
    return {};
}

// It may have been sent on before the restore of which this is a consequence.  What was here already, from
// another place, waits as it did: the restore itself has seen to it.
Result<void> leave_to_verify(Call& call, const wire::OpenedOperation& opened) {
    if (static_cast<std::int64_t>(opened.sequence) > call.tablet.suspect_through)
        return {};
    TRY_DO(call.transaction.sql().run(
        "update outbox set state = 'verify' where partnership = :partnership and operation_id = :id and "
        "state in ('waiting', 'gate') and exists (select 1 from operation o where o.partnership = "
        "outbox.partnership and o.operation_id = outbox.operation_id and o.enrolment = :enrolment)",
        {{"partnership", home_partnership},
         {"id", sql_value(opened.operation->id)},
         {"enrolment", sql_value(call.branch.value_or(call.tablet.enrolment))}}));
    return {};
}

using Times = std::map<Uuid, std::int64_t>;

Times times_of(const std::vector<CorrectedTime>& corrected) {
    Times times;
    for (const auto& one : corrected)
        times.emplace(one.operation, one.at_ms);
    return times;
}

// Of an envelope: opened ahead, or now.  Nothing: there is no room.
std::optional<OpenedFacts> opened_of(const Call& call, const wire::PushRequest& request, std::size_t place,
                                     ExpandedBytes& room) {
    auto* const ahead = call.foreseen && call.foreseen->push && call.foreseen->push->ok() &&
                                &**call.foreseen->push == &request &&
                                call.foreseen->opened.size() == request.envelopes.size()
                            ? call.foreseen
                            : nullptr;
    if (ahead && request.envelopes[place].last_sequence() > ahead->acked_through)
        return std::move(ahead->opened[place]);
    return open_facts(request.envelopes[place], call.keys, *call.books, room);
}

// Of all that nobody can say what it is.
std::uint64_t aside_bytes(const OpenedFacts& opened) {
    std::uint64_t bytes = unknown_bytes(opened);
    for (const auto& one : opened.facts)
        bytes += one.operation ? 0 : one.json.size();
    return bytes;
}

// From that place on: all together, since most of what a row costs is the statement.
Result<KeptFacts> keep(Call& call, const wire::PushRequest& request, std::size_t known) {
    auto places = places_of(request);
    places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(known));
    OpenedFacts all;
    ExpandedBytes room(room_for_push(call));
    for (std::size_t i = known; i < request.envelopes.size(); ++i) {
        auto opened = opened_of(call, request, i, room);
        if (!opened)
            return KeptFacts{false, expands_to_too_much()};
        std::move(opened->facts.begin(), opened->facts.end(), std::back_inserter(all.facts));
        std::move(opened->restricted.begin(), opened->restricted.end(), std::back_inserter(all.restricted));
    }
    TRY(auto refused, refused_as_too_much(call, aside_bytes(all)));
    if (refused)
        return KeptFacts{false, std::move(refused)};
    TRY(const auto taken, take_facts(call, all));
    TRY_DO(keep_places_once(call.transaction.sql(), call.tablet.enrolment, std::move(places)));
    return taken;
}

Result<void> keep_place(Call& call, const wire::PushRequest& request, Sequence last) {
    return run_later(
        call.transaction.sql(),
        "update tablet set acked_seq = :acked, chain = :chain, unsent = :unsent, last_seen_ms = :seen "
        "where partnership = :partnership and enrolment = :enrolment",
        {{"acked", sql_value(last)},
         {"chain", sql_value(request.chain_after)},
         {"unsent", sql_value(left_unsent(request))},
         {"seen", call.rescued ? call.tablet.last_seen_ms : call.clock.now_ms()},
         {"partnership", home_partnership},
         {"enrolment", sql_value(call.tablet.enrolment)}});
}

// Told again with every resend: the reply that told it first may have been lost.
Result<std::vector<wire::Quarantined>> set_aside(Call& call, Sequence first, Sequence last) {
    std::vector<wire::Quarantined> found;
    TRY_DO(call.transaction.sql().query(
        "select operation_id, tablet_seq, reason from operation where partnership = :partnership "
        "and enrolment = :enrolment and tablet_seq between :first and :last and status = 1 "
        "union all select operation_id, tablet_seq, reason from fork where partnership = :partnership "
        "and enrolment = :enrolment and tablet_seq between :first and :last order by 2, 1",
        {{"partnership", home_partnership},
         {"enrolment", sql_value(call.tablet.enrolment)},
         {"first", sql_value(first)},
         {"last", sql_value(last)}},
        [&](const SqlRow& row) {
            found.push_back({row.uuid(0), unsigned_column(row, 1), row.text(2)});
            return true;
        }));
    return found;
}

std::optional<EndpointResponse> refused(const EndpointRequest& request) {
    constexpr std::string_view frame_type = "application/vnd.doorstep.operations+json";
    const std::string_view type = request.content_type;
    if (type != frame_type && !type.starts_with(std::string(frame_type) + ";"))
        return refusal_response(415, "bad_request",
                                "A push is of the type application/vnd.doorstep.operations+json.");
    if (request.body.size() > limits::push_bytes_max)
        return refusal_response(413, "too_large", "A push has at most 256 KiB. Send less at a time.");
    return std::nullopt;
}

std::optional<EndpointResponse> refused(const Call& call, const wire::PushRequest& request,
                                        const Uuid& epoch) {
    if (request.proto < limits::protocol_min)
        return refusal_response(426, "too_old", "This Doorstep is too old for the endpoint. Update it.");
    if (request.proto > limits::protocol)
        return refusal_response(400, "bad_request",
                                "The endpoint is older than this tablet. Update the endpoint.");
    if (request.enrolment != call.tablet.enrolment)
        return refusal_response(400, "bad_request", "The frame is of another enrolment than the request.");
    if (request.epoch_seen && *request.epoch_seen != epoch)
        return refusal_response(
            409, "epoch", "The endpoint was restored since the tablet last asked. Ask for /v1/tablet first.");
    if (request.envelopes.empty())
        return refusal_response(400, "bad_request", "A push holds at least one envelope.");
    return std::nullopt;
}

Result<EndpointResponse> acknowledge(Call& call, const wire::PushRequest& request, const Uuid& epoch,
                                     bool something_set_aside) {
    auto reply = acknowledgement(call, request, epoch);
    if (something_set_aside) {
        TRY(reply.quarantined, set_aside(call, request.first_sequence, reply.acked_through));
    }
    return frame_response(wire::encode(reply));
}

}  // namespace

bool goes_straight_on(const Call& call, const wire::PushRequest& request) {
    const auto& tablet = call.tablet;
    return !refused(call.request) && !refused(call, request, call.epoch) &&
           request.first_sequence == tablet.acked_through + 1 && request.chain_before == tablet.chain &&
           tablet.suspect_through >= 0 &&
           request.first_sequence > static_cast<Sequence>(tablet.suspect_through);
}

// Its facts stand in rows of their own; of the box the chain alone is needed again.
std::vector<PlacedEnvelope> places_of(const wire::PushRequest& request) {
    std::vector<PlacedEnvelope> places;
    Sha256 chain = request.chain_before;
    for (const auto& envelope : request.envelopes) {
        chain = wire::chain(chain, envelope);
        places.push_back({envelope.id, envelope.first_sequence, envelope.last_sequence(), chain});
    }
    return places;
}

std::size_t room_for_push(const Call& call) {
    const bool by_operator = call.request.method.empty();
    return by_operator ? std::numeric_limits<std::size_t>::max() : expanded::of_push_max;
}

EndpointResponse expands_to_too_much() {
    return refusal_response(413, "too_large",
                            "What a push holds is at most 4 MiB expanded. Send less at a time.");
}

std::uint64_t unknown_bytes(const OpenedFacts& opened) {
    std::uint64_t bytes = 0;
    for (const auto& one : opened.facts)
        if (one.operation && std::holds_alternative<UnknownPayload>(one.operation->payload))
            bytes += one.json.size();
    return bytes;
}

std::uint64_t left_unsent(const wire::PushRequest& request) {
    const auto pushed = request.envelopes.back().last_sequence() - request.first_sequence + 1;
    return request.unsent - std::min(request.unsent, pushed);
}

wire::PushReply acknowledgement(const Call& call, const wire::PushRequest& request, const Uuid& epoch) {
    wire::PushReply reply;
    reply.epoch = epoch;
    // Exactly what was sent, even when more is held: the tablet can check no other chain.
    reply.acked_through = request.envelopes.back().last_sequence();
    reply.chain = request.chain_after;
    reply.durable_through = call.tablet.durable_through;
    reply.server_time_ms = call.clock.now_ms();
    reply.min_app = call.min_app;
    return reply;
}

Result<KeptFacts> take_facts(Call& call, const OpenedFacts& opened) {
    TRY(auto corrected, wrongly_timed(call, opened.facts));
    const auto times = times_of(corrected);
    TRY(const auto judged, with_doubtful_set_aside(call, opened.facts));
    const auto& facts = judged.empty() ? opened.facts : judged;
    TRY_DO(tell_of_forgotten_homes(call, facts, corrected));
    TRY(const auto appended,
        call.transaction.append_received(facts, call.branch.value_or(call.tablet.enrolment)));
    TRY_DO(tell_corrected(call, std::move(corrected)));
    // Before the referrals enter: of what was forgotten before it came none leaves.
    TRY_DO(tell_forgotten(call, appended.forgotten));
    std::vector<const Operation*> operations;
    std::deque<Operation> in_their_time;
    for (const auto& one : opened.facts) {
        if (!one.operation)
            continue;
        operations.push_back(&*one.operation);
        if (const auto found = times.find(one.operation->id); found != times.end()) {
            operations.back() = &in_their_time.emplace_back(*one.operation);
            in_their_time.back().at_ms = found->second;
        }
    }
    TRY_DO(enter_in_outbox(call.store, call.directory, call.clock, operations));
    for (const auto& one : opened.facts)
        if (one.operation)
            TRY_DO(leave_to_verify(call, one));
    TRY_DO(take_concerns(call.transaction.sql(), opened.restricted, call.clock.now_ms()));
    TRY_DO(keep_named_media(call, opened.facts, appended.forgotten));
    return KeptFacts{!appended.quarantined.empty(), {}};
}

namespace {

// Whoever brings it cannot bring what is missing before it: his copy has done what it could.
Result<EndpointResponse> take_behind_hole(Call& call, const wire::PushRequest& request, const Uuid& epoch) {
    TRY_DO(note_clock(call, {}));
    TRY(auto refused, take_branch(call, request, 0, BranchKind::behind_hole));
    if (refused)
        return *refused;
    wire::PushReply reply;
    reply.epoch = epoch;
    reply.acked_through = call.tablet.acked_through;
    reply.chain = call.tablet.chain;
    reply.durable_through = call.tablet.durable_through;
    reply.server_time_ms = call.clock.now_ms();
    reply.min_app = call.min_app;
    return frame_response(wire::encode(reply));
}

Result<EndpointResponse> take_other_history(Call& call, const wire::PushRequest& request, std::size_t known) {
    TRY(auto refused, take_branch(call, request, known, BranchKind::other_history));
    if (refused)
        return *refused;
    return refusal_response(
        409, "fork",
        "The endpoint holds another history of this tablet: its storage was copied or set "
        "back. What it sent is kept beside it. Enrol it again.");
}

Result<EndpointResponse> take_decoded(Call& call, const Result<wire::PushRequest>& decoded) {
    if (!decoded.ok())
        return refusal_response(400, "bad_frame", decoded.error().text());
    return take_push(call, *decoded);
}

}  // namespace

Result<EndpointResponse> push(Call& call) {
    if (auto refusal = refused(call.request))
        return *refusal;
    if (!call.foreseen || !call.foreseen->push)
        return take_decoded(call, wire::decode_push_request(call.request.body));
    return take_decoded(call, *call.foreseen->push);
}

Result<EndpointResponse> take_push(Call& call, const wire::PushRequest& request) {
    TRY(const auto epoch, call.epoch.is_nil() ? call.store.epoch() : Result<Uuid>(call.epoch));
    if (auto refusal = refused(call, request, epoch))
        return *refusal;
    TRY(const auto comparison, compare(call, request));
    if (comparison.compared == Compared::gap && call.rescued)
        return take_behind_hole(call, request, epoch);
    if (comparison.compared == Compared::gap)
        return refusal_response(409, "gap",
                                "Something is missing before what was sent. Ask for /v1/tablet first.",
                                call.tablet.acked_through + 1);
    TRY_DO(note_clock(call, request.tablet_time_ms));
    if (comparison.compared == Compared::fork)
        return take_other_history(call, request, comparison.known);
    TRY_DO(learn_suspects(call, request));
    // Of what came before some may have been set aside then.
    bool asks = comparison.known > 0;
    if (comparison.known < request.envelopes.size()) {
        TRY(const auto taken, keep(call, request, comparison.known));
        if (taken.refused)
            return *taken.refused;
        asks = asks || taken.set_aside;
        TRY_DO(keep_place(call, request, request.envelopes.back().last_sequence()));
    }
    return acknowledge(call, request, epoch, asks);
}

}  // namespace doorstep
