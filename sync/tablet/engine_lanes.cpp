// The lanes of the engine: what each asks, and what it does with the answer.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/tablet/engine_state.h"

namespace doorstep {

using Doing = LaneState::Doing;

void SyncEngine::State::send(Lane which, HttpRequest request, std::vector<Effect>& effects) {
    auto& here = lane(which);
    here.doing = Doing::asking;
    here.attempt = ++attempts;
    effects.push_back(SendRequest{which, here.attempt, std::move(request)});
}

std::string SyncEngine::State::status_path(std::int64_t now) const {
    std::string path = "/v1/tablet";
    if (!vault.is_nil())
        path += "?vault=" + vault.text();
    if (at_work)
        path += fmt::format("{}tablet_time_ms={}", vault.is_nil() ? '?' : '&', now);
    return path;
}

void SyncEngine::State::go_on(std::int64_t now, std::vector<Effect>& effects) {
    if (!status_known) {
        // A push or a pull that is still out ends first: a status from before it would
        // look as if the endpoint had lost it.
        const bool quiet =
            lane(Lane::push).doing == Doing::nothing && lane(Lane::pull).doing == Doing::nothing;
        if (quiet && may_begin(Lane::status, now))
            send(Lane::status, {"GET", status_path(now), "", ""}, effects);
        return;
    }
    if (position.acked_through < position.last_sequence && may_begin(Lane::push, now)) {
        lane(Lane::push).doing = Doing::loading;
        effects.push_back(LoadUnsent{position.acked_through, push_bytes});
    }
    if (pull_wanted && !app_trouble && may_begin(Lane::pull, now))
        ask_pull(effects);
    if (position.rescued > 0 && may_begin(Lane::rescue, now)) {
        lane(Lane::rescue).doing = Doing::loading;
        effects.push_back(LoadRescued{passed_over});
    }
    // Last: on one connection a part would be in the way of what the officer waits for.
    const bool quiet = lane(Lane::push).doing == Doing::nothing && lane(Lane::pull).doing == Doing::nothing;
    if (parcels_wanted && quiet && may_begin(Lane::parcels, now))
        ask_parcels(effects);
    const bool told_all = position.acked_through == position.last_sequence;
    if (quiet && told_all && may_begin(Lane::media, now))
        go_on_with_media(effects);
}

void SyncEngine::State::status_replied(const wire::TabletReply& reply, std::int64_t now,
                                       std::vector<Effect>& effects) {
    if (reply.enrolment != enrolment)
        return failed(Lane::status,
                      {SyncState::What::refused,
                       "The endpoint takes this tablet for another one. Nothing is lost: everything stays on "
                       "this tablet. Ask for the tablet to be enrolled again.",
                       Trouble::Then::stop, 0, false, SyncTrouble::not_known},
                      now, effects);
    // It holds more of us than we ever wrote: this storage is an older copy.
    if (reply.acked_through > position.last_sequence)
        return failed(Lane::status, copied_storage(), now, effects);
    if (!reply.safeguarding_key.empty())
        effects.push_back(LearnKeys{reply.safeguarding_key});
    if (reply.licence && !vault.is_nil())
        effects.push_back(TakeLicence{*reply.licence});
    cursor_max = reply.cursor_max;
    if (reply.server_time_ms > 0)
        told.proven_ms = reply.server_time_ms;
    parcels_wanted = parcels && reply.parcels && *parcels != *reply.parcels;
    told.clock_off_ms = reply.server_time_ms > 0 ? now - reply.server_time_ms : 0;
    app_trouble = at_work ? judge_app(at_work->version, reply.min_app) : std::nullopt;
    if (at_work && !reply.officers_left.empty())
        effects.push_back(EndSignIns{reply.officers_left});
    const bool new_epoch = position.epoch != reply.epoch;
    const bool behind = reply.acked_through < position.acked_through || reply.cursor_max < position.cursor;
    if (new_epoch || behind) {
        // After another epoch the same places of the feed may hold other facts, from
        // wherever the backup was made.  Of an epoch that we do not come from directly all is
        // pulled again, and known facts are skipped.
        const bool known_cut = reply.parent_epoch && reply.parent_epoch == position.epoch;
        const auto same_through = !new_epoch || !position.epoch ? reply.cursor_max
                                  : known_cut                   ? reply.parent_cut
                                                                : 0;
        comparing = reply;
        lane(Lane::status).doing = Doing::keeping;
        effects.push_back(Rewind{reply.epoch, std::min(reply.acked_through, position.acked_through),
                                 std::min({reply.cursor_max, position.cursor, same_through})});
        return;
    }
    if (reply.acked_through == position.acked_through && reply.chain != position.acked_chain)
        return failed(Lane::status, copied_storage(), now, effects);
    if (keeps_scope_of(reply, effects))
        return;
    succeeded(Lane::status);
    stands(reply, effects);
    status_is_known();
}

void SyncEngine::State::stands(const wire::TabletReply& reply, std::vector<Effect>& effects) {
    position.durable_through =
        std::max(position.durable_through, std::min(reply.durable_through, position.acked_through));
    effects.push_back(KeepStanding{reply.durable_through, reply.audit_head, reply.server_time_ms});
}

void SyncEngine::State::on(const UnsentLoaded& event, std::vector<Effect>& effects) {
    auto& here = lane(Lane::push);
    if (here.doing != Doing::loading)
        return;
    here.doing = Doing::nothing;
    const bool follows = !event.envelopes.empty() && event.chain_before == position.acked_chain &&
                         event.envelopes.front().first_sequence == position.acked_through + 1;
    if (!follows)
        return failed(
            Lane::push,
            {SyncState::What::storage_trouble,
             "What this tablet has to send could not be read from its storage. Close Doorstep, open it "
             "again and sync; if it stays so, take the tablet to whoever looks after Doorstep.",
             Trouble::Then::wait, 0, false, SyncTrouble::storage},
            event.now_ms, effects);
    sent = chain_marks(event.chain_before, event.envelopes);
    sent_bytes = 0;
    for (const auto& envelope : event.envelopes)
        sent_bytes += envelope.body.size();
    wire::PushRequest push;
    push.proto = limits::protocol;
    push.epoch_seen = position.epoch;
    push.enrolment = enrolment;
    push.first_sequence = event.envelopes.front().first_sequence;
    push.chain_before = event.chain_before;
    push.chain_after = sent.back().chain;
    push.unsent = position.last_sequence - position.acked_through;
    push.envelopes = event.envelopes;
    if (at_work)
        push.tablet_time_ms = event.now_ms;
    send(Lane::push, {"POST", "/v1/push", wire::content_type_frame, wire::encode(push)}, effects);
}

void SyncEngine::State::push_replied(wire::PushReply reply, std::vector<Effect>& effects) {
    told.quarantined.insert(told.quarantined.end(), reply.quarantined.begin(), reply.quarantined.end());
    lane(Lane::push).doing = Doing::keeping;
    effects.push_back(KeepAcknowledgement{std::move(reply)});
}

// What another tablet could not send: its frame goes as it is.
void SyncEngine::State::on(const RescuedLoaded& event, std::vector<Effect>& effects) {
    auto& here = lane(Lane::rescue);
    if (here.doing != Doing::loading)
        return;
    here.doing = Doing::nothing;
    carrying = event.frame;
    if (carrying.empty())
        position.rescued = 0;
    else
        send(Lane::rescue, {"POST", "/v1/rescue", wire::content_type_frame, carrying}, effects);
}

void SyncEngine::State::rescue_replied(const RescueVerdict& verdict, std::vector<Effect>& effects) {
    if (verdict.refused)
        told.quarantined.push_back({Uuid{}, 0, verdict.words});
    lane(Lane::rescue).doing = Doing::keeping;
    effects.push_back(DropRescued{std::exchange(carrying, {}), verdict.refused});
}

// One that cannot be taken now is asked about again in the next round: the others do not wait for it.
void SyncEngine::State::rescue_not_taken(const Trouble& trouble, std::int64_t now,
                                         std::vector<Effect>& effects) {
    ++passed_over;
    held_back = trouble;
    end_rescue_round(now, effects);
}

void SyncEngine::State::end_rescue_round(std::int64_t now, std::vector<Effect>& effects) {
    if (passed_over < position.rescued || !held_back)
        return;
    passed_over = 0;
    const auto trouble = *std::exchange(held_back, std::nullopt);
    if (position.rescued > 0)
        failed(Lane::rescue, trouble, now, effects);
}

// Of a patch that came into the scope the history first, then the feed.
void SyncEngine::State::ask_pull(std::vector<Effect>& effects) {
    const auto next = std::find_if(position.held.begin(), position.held.end(),
                                   [](const HeldPatch& one) { return !one.is_whole(); });
    history_asked = next == position.held.end() ? std::nullopt : std::optional(*next);
    const auto of = history_asked ? fmt::format("patch={}&from={}&through={}", history_asked->patch,
                                                history_asked->at, history_asked->through)
                                  : fmt::format("cursor={}", position.cursor);
    send(Lane::pull,
         {"GET",
          fmt::format("/v1/pull?epoch={}&{}&limit={}&scope={}", position.epoch.value_or(Uuid{}).text(), of,
                      limits::pull_operations_max, wire::scope_name(scope_of(position.held))),
          "", ""},
         effects);
}

bool SyncEngine::State::is_behind() const {
    return position.cursor < cursor_max || compare_wanted ||
           std::any_of(position.held.begin(), position.held.end(),
                       [](const HeldPatch& one) { return !one.is_whole(); });
}

bool SyncEngine::State::keeps_scope_of(const wire::TabletReply& reply, std::vector<Effect>& effects) {
    auto told_scope = reply.scope;
    std::sort(told_scope.begin(), told_scope.end());
    told_scope.erase(std::unique(told_scope.begin(), told_scope.end()), told_scope.end());
    if (scope_of(position.held) == told_scope)
        return false;
    comparing = reply;
    lane(Lane::status).doing = Doing::keeping;
    effects.push_back(KeepScope{std::move(told_scope)});
    return true;
}

void SyncEngine::State::pull_replied(wire::PullReply reply, std::vector<Effect>& effects) {
    surprises = 0;
    // Whoever is at the end of a history has something to compare.
    compare_wanted = reply.patch && !reply.scope.empty() && !reply.more;
    if (!reply.patch && reply.operations.empty() && reply.cursor == reply.from && reply.patches.empty()) {
        cursor_max = reply.cursor;
        pull_wanted = is_behind();
        return succeeded(Lane::pull);
    }
    if (!reply.patch)
        cursor_max = std::max(cursor_max, reply.cursor + (reply.more ? 1 : 0));
    lane(Lane::pull).doing = Doing::keeping;
    effects.push_back(KeepPage{std::move(reply)});
}

void SyncEngine::State::ask_parcels(std::vector<Effect>& effects) {
    parcel_asked = parcel_next;
    if (!parcel_asked)
        return send(Lane::parcels, {"GET", "/v1/parcels", "", ""}, effects);
    const std::string base = parcel_asked->base ? "&base=" + parcel_asked->base->hex() : std::string{};
    send(Lane::parcels,
         {"GET",
          fmt::format("/v1/parcel?version={}{}&from={}&limit={}", parcel_asked->version.hex(), base,
                      parcel_asked->from, part_bytes),
          "", ""},
         effects);
}

void SyncEngine::State::parcels_replied(const Replied& event, std::vector<Effect>& effects) {
    const auto fail = [&](const Trouble& trouble) {
        // From the list on: it may be another one by then.  What was fetched stays.
        parcel_next.reset();
        failed(Lane::parcels, trouble, event.now_ms, effects);
    };
    if (!parcel_asked) {
        auto list = judge_parcel_list(event.reply);
        if (const auto* trouble = std::get_if<Trouble>(&list))
            return fail(*trouble);
        effects.push_back(KeepParcelList{std::move(std::get<0>(list))});
    } else {
        auto part = judge_parcel_part(event.reply, *parcel_asked);
        if (const auto* trouble = std::get_if<Trouble>(&part))
            return fail(*trouble);
        effects.push_back(KeepParcelPart{*parcel_asked, std::move(std::get<0>(part))});
    }
    lane(Lane::parcels).doing = Doing::keeping;
}

void SyncEngine::State::on(const ParcelsKept& event, std::vector<Effect>& effects) {
    auto& here = lane(Lane::parcels);
    if (here.doing != Doing::keeping)
        return;
    here.doing = Doing::nothing;
    parcel_next.reset();
    if (!event.stand.ok()) {
        const auto fault = event.stand.error().fault;
        const bool of_endpoint = fault == Fault::damaged || fault == Fault::refused;
        // Parts that came well meanwhile make it no better: it is asked for less and less often.
        if (of_endpoint)
            here.failures = std::max(here.failures, spoilt++);
        return failed(Lane::parcels,
                      of_endpoint ? not_as_published(event.stand.error())
                                  : storage_trouble(event.stand.error()),
                      event.now_ms, effects);
    }
    if (parcel_asked)
        part_bytes = std::min(part_bytes * 2, limits::part_bytes_max);
    parcels = event.stand->list;
    parcel_next = event.stand->next;
    parcels_wanted = parcel_next.has_value();
    if (!parcels_wanted)
        spoilt = 0;
    succeeded(Lane::parcels);
}

}  // namespace doorstep
