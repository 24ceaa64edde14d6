#include "sync/tablet/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/tablet/engine_state.h"

namespace doorstep {

namespace {

using Doing = LaneState::Doing;

// Between nothing and a ceiling that doubles, so that tablets which failed together
// do not come back together.
std::int64_t back_off_ms(int failures, Random& random) {
    std::int64_t ceiling = limits::retry_ms_start;
    for (int i = 1; i < failures && ceiling < limits::retry_ms_max; ++i)
        ceiling *= 2;
    ceiling = std::min(ceiling, limits::retry_ms_max);
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(ceiling) + 1));
}

}  // namespace

Trouble storage_trouble(const Error& error) {
    return {
        SyncState::What::storage_trouble,
        fmt::format("This tablet could not keep what came back. {} It will be tried again.", error.text()),
        Trouble::Then::wait,
        0,
        false,
        SyncTrouble::storage};
}

SyncEngine::SyncEngine(Random& random, std::optional<AppAtWork> at_work)
    : state_(std::make_unique<State>(random, std::move(at_work))) {}
SyncEngine::SyncEngine(SyncEngine&&) noexcept = default;
SyncEngine::~SyncEngine() = default;

const SyncState& SyncEngine::state() const {
    return state_->told;
}

std::vector<Effect> SyncEngine::step(const Event& event) {
    std::vector<Effect> effects;
    std::visit(
        [&](const auto& happened) {
            state_->on(happened, effects);
            if (state_->begun && !state_->stopped)
                state_->go_on(happened.now_ms, effects);
        },
        event);
    state_->tell();
    return effects;
}

void SyncEngine::State::on(const Begin& event, std::vector<Effect>&) {
    // What was in flight belongs to an engine that is no more.
    lanes = {};
    sent.clear();
    carrying.clear();
    passed_over = 0;
    held_back.reset();
    comparing.reset();
    app_trouble.reset();
    enrolment = event.enrolment;
    vault = event.vault;
    position = event.position;
    begun = true;
    stopped = status_known = pull_wanted = parcels_wanted = false;
    // What is still to go, goes when the end of the feed says what is in the scope.
    compare_wanted = event.position.something_goes;
    parcels = event.parcels;
    parcel_next.reset();
    surprises = 0;
    told.quarantined.clear();
    keeps_media = event.media;
    walk_media_again();
}

void SyncEngine::State::on(const SyncNow& event, std::vector<Effect>& effects) {
    stopped = false;
    const std::int64_t at_ms =
        event.by_itself ? event.now_ms + std::max<std::int64_t>(1, back_off_ms(1, random)) : 0;
    bool waits = false;
    for (auto& one : lanes)
        if (!one.asked_to_wait) {
            one.failures = 0;
            one.not_before_ms = at_ms;
            waits = at_ms != 0;
        }
    if (waits)
        effects.push_back(WakeAt{at_ms});
    // One small request tells whether there is anything to do at all.
    status_known = false;
    surprises = 0;
    passed_over = 0;
    held_back.reset();
    walk_media_again();
}

// A clock that was set back wakes us too early: then once more.
void SyncEngine::State::on(const Woken& event, std::vector<Effect>& effects) {
    std::int64_t next = 0;
    for (const auto& one : lanes)
        if (one.not_before_ms > event.now_ms && (next == 0 || one.not_before_ms < next))
            next = one.not_before_ms;
    if (next != 0 && !stopped)
        effects.push_back(WakeAt{std::min(next, event.now_ms + limits::retry_after_ms_max)});
}

void SyncEngine::State::on(const FactsKept& event, std::vector<Effect>&) {
    position.last_sequence = std::max(position.last_sequence, event.last_sequence);
    walk_media_again();
}

void SyncEngine::State::on(const Replied& event, std::vector<Effect>& effects) {
    auto& here = lane(event.lane);
    if (here.doing != Doing::asking || here.attempt != event.attempt)
        return;  // a late or doubled reply
    here.doing = Doing::nothing;
    hear_order(event.reply);
    const auto act = [&](auto verdict, auto take) {
        auto* const trouble = std::get_if<Trouble>(&verdict);
        if (trouble == nullptr)
            return take(std::move(std::get<0>(verdict)));
        if (!event.reply.ok())
            tell_apart(*trouble, event.fault);
        failed(event.lane, *trouble, event.now_ms, effects);
    };
    switch (event.lane) {
    case Lane::status:
        return act(judge_status(event.reply),
                   [&](const auto& reply) { status_replied(reply, event.now_ms, effects); });
    case Lane::push:
        return act(judge_push(event.reply, position.epoch.value_or(Uuid{}), sent),
                   [&](auto reply) { push_replied(std::move(reply), effects); });
    case Lane::pull:
        return act(judge_pull(event.reply, {position.epoch.value_or(Uuid{}), enrolment,
                                            scope_of(position.held), position.cursor, history_asked}),
                   [&](auto reply) { pull_replied(std::move(reply), effects); });
    case Lane::rescue: {
        auto verdict = judge_rescue(event.reply);
        const auto* const trouble = std::get_if<Trouble>(&verdict);
        if (trouble && event.reply.ok() && event.reply->proven && event.reply->status != 401)
            return rescue_not_taken(*trouble, event.now_ms, effects);
        return act(std::move(verdict), [&](const auto& taken) { rescue_replied(taken, effects); });
    }
    case Lane::parcels:
        return parcels_replied(event, effects);
    case Lane::media:
        return media_replied(event, effects);
    }
}

// The signer left none that is not the centre's.
void SyncEngine::State::hear_order(const Result<HttpReply>& reply) {
    if (!reply.ok() || !reply->proven)
        return;
    const auto found = reply->headers.find("doorstep-order");
    const auto order =
        found == reply->headers.end() ? std::nullopt : wire::read_order(found->second, enrolment);
    if (!order || order->counter < order_counter)
        return;
    order_counter = order->counter;
    // Who retires sends all that it has, photos too, before it goes.
    if (told.order != order->mode)
        walk_media_again();
    told.order = order->mode;
}

void SyncEngine::State::on(const Kept& event, std::vector<Effect>& effects) {
    auto& here = lane(event.lane);
    if (here.doing != Doing::keeping)
        return;
    here.doing = Doing::nothing;
    std::optional<wire::TabletReply> compared;
    if (event.lane == Lane::status)
        compared.swap(comparing);
    if (!event.position.ok()) {
        // The store finds no envelope of ours that ends where the endpoint stands.
        const bool elsewhere = event.lane == Lane::status && event.position.error().fault == Fault::not_found;
        return failed(event.lane, elsewhere ? copied_storage() : storage_trouble(event.position.error()),
                      event.now_ms, effects);
    }
    const auto last_sequence = std::max(position.last_sequence, event.position->last_sequence);
    position = *event.position;
    position.last_sequence = last_sequence;
    if (event.lane == Lane::status && compared && compared->acked_through == position.acked_through &&
        compared->chain != position.acked_chain)
        return failed(Lane::status, copied_storage(), event.now_ms, effects);
    if (event.lane == Lane::status && compared && keeps_scope_of(*compared, effects))
        return;
    pull_wanted = is_behind();
    if (event.lane == Lane::push) {
        push_bytes = std::min(push_bytes * 2, limits::push_bytes_max);
        surprises = 0;
    }
    succeeded(event.lane);
    if (event.lane == Lane::rescue)
        end_rescue_round(event.now_ms, effects);
    if (event.lane == Lane::status && compared) {
        walk_media_again();
        stands(*compared, effects);
    }
    if (event.lane == Lane::status)
        status_is_known();
}

void SyncEngine::State::succeeded(Lane which) {
    auto& here = lane(which);
    here.failures = 0;
    here.not_before_ms = 0;
    here.asked_to_wait = false;
    here.trouble.reset();
}

void SyncEngine::State::status_is_known() {
    status_known = true;
    pull_wanted = is_behind();
    // What troubled a lane that has nothing left to do is over.
    if (!pull_wanted)
        succeeded(Lane::pull);
    if (position.acked_through == position.last_sequence)
        succeeded(Lane::push);
    if (!parcels_wanted)
        succeeded(Lane::parcels);
    if (walk.done)
        succeeded(Lane::media);
}

void SyncEngine::State::failed(Lane which, const Trouble& trouble, std::int64_t now,
                               std::vector<Effect>& effects) {
    auto& here = lane(which);
    here.trouble = trouble;
    if (which == Lane::push && trouble.too_large)  // one envelope goes whatever its size
        push_bytes = std::max<std::size_t>(std::min(push_bytes, sent_bytes) / 2, 1);
    else if (which == Lane::push && trouble.send_less)
        push_bytes = std::min(push_bytes, std::max(push_bytes / 2, limits::push_bytes_min));
    if (which == Lane::parcels && trouble.send_less)
        part_bytes = std::max(part_bytes / 2, limits::part_bytes_min);
    if (trouble.then == Trouble::Then::stop) {
        stopped = true;
        return;
    }
    if (trouble.then == Trouble::Then::ask_status) {
        status_known = false;
        // Asked again at once, but only once: two surprises in a row are a fault that
        // must not become a storm.
        if (++surprises <= 1)
            return;
    }
    ++here.failures;
    here.asked_to_wait = trouble.retry_after_ms > 0;
    const auto wait = here.asked_to_wait ? trouble.retry_after_ms : back_off_ms(here.failures, random);
    here.not_before_ms = now + std::max<std::int64_t>(wait, 1);
    effects.push_back(WakeAt{here.not_before_ms});
}

bool SyncEngine::State::may_begin(Lane which, std::int64_t now) {
    auto& here = lane(which);
    // A clock that was set back must not make us wait for ever.
    if (here.not_before_ms > now + limits::retry_after_ms_max)
        here.not_before_ms = 0;
    return here.doing == Doing::nothing && here.not_before_ms <= now;
}

void SyncEngine::State::tell() {
    using What = SyncState::What;
    told.unsent = position.last_sequence - std::min(position.acked_through, position.last_sequence);
    told.sent = position.acked_through;
    told.not_backed_up = position.acked_through - std::min(position.durable_through, position.acked_through);
    const LaneState* worst = nullptr;
    bool working = false;
    told.next_try_ms = 0;
    for (const auto& one : lanes) {
        working = working || one.doing != Doing::nothing;
        if (one.trouble && (!worst || one.trouble->what > worst->trouble->what))
            worst = &one;
        if (!stopped && one.not_before_ms != 0 && one.trouble &&
            (told.next_try_ms == 0 || one.not_before_ms < told.next_try_ms))
            told.next_try_ms = one.not_before_ms;
    }
    const Trouble* said = worst ? &*worst->trouble : nullptr;
    if (app_trouble && (!said || app_trouble->what > said->what))
        said = &*app_trouble;
    told.up_to_date = begun && !stopped && !working && status_known && !said && told.unsent == 0 &&
                      !pull_wanted && !parcels_wanted && position.rescued == 0 && walk.done && !walk_again;
    told.parcels_coming = parcels_wanted;
    told.trouble = said ? said->kind : SyncTrouble::none;
    told.to_pull = pull_wanted && cursor_max > position.cursor ? cursor_max - position.cursor : 0;
    told.order_is_due = told.order == wire::OrderMode::wipe ||
                        (told.order && begun && status_known && !working && told.unsent == 0 &&
                         // A centre that never told of a backup has none to wait for.
                         (position.durable_through == 0 || told.not_backed_up == 0) &&
                         position.only_unlocked == 0 && position.rescued == 0 && walk.done && !walk_again);
    told.what = said ? said->what : (working ? What::working : What::idle);
    told.words = said ? said->words : std::string{};
}

}  // namespace doorstep
