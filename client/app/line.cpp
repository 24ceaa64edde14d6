// The sync inside the shift: the engine is stepped here, what it asks of the store is
// done here; requests go out with whoever holds the line.
#include <deque>

#include "client/app/shift_state.h"
#include "sync/tablet/carry_out.h"

namespace doorstep {

void Shift::State::read_position() {
    if (const auto stands = sync_store->position(); stands.ok())
        position = *stands;
    else
        say(stands.error());
}

void Shift::State::begin_sync() {
    if (!identity || !sync_store || options.tablet.view_only)
        return;
    engine.emplace(random, clock_tolerance_ms_on_duty);
    unsent_at_start = unsent();
    const Uuid vault = entrance && entrance->has_vault() ? entrance->vault().id() : Uuid{};
    step(Begin{position, identity->enrolment, clock.now_ms(), vault});
}

// Locked or open.  One that is refused, or that the disk does not take, changes nothing; the
// next sync brings another, and the page of officers says how long the standing one lasts.
void Shift::State::take(const wire::TabletLicence& licence) {
    if (entrance && entrance->has_vault())
        static_cast<void>(
            entrance->vault().accept_licence({licence.issued_ms, licence.until_ms, licence.signature}).ok());
}

void Shift::State::step(const Event& event) {
    std::deque<Event> events{event};
    bool kept = false;
    bool pulling = false;
    while (!events.empty()) {
        const Event now = std::move(events.front());
        events.pop_front();
        for (const Effect& effect : engine->step(now)) {
            if (const auto* request = std::get_if<SendRequest>(&effect)) {
                pulling = pulling || request->lane == Lane::pull;
                requests.push_back(*request);
            } else if (const auto* wake = std::get_if<WakeAt>(&effect)) {
                wake_at_ms = wake_at_ms == 0 ? wake->at_ms : std::min(wake_at_ms, wake->at_ms);
            } else if (const auto* given = std::get_if<TakeLicence>(&effect)) {
                take(given->licence);
            } else {
                kept = true;
                facts_came = facts_came || std::holds_alternative<KeepPage>(effect);
                if (auto answer = carry_out(effect, *sync_store))
                    events.push_back(std::move(*answer));
            }
        }
    }
    if (kept) {
        read_position();
        if (store)
            read_identity_and_aside();
    }
    if (engine->state().up_to_date)
        wake_at_ms = 0;
    // A feed of many pages is read once, when it has ended.
    if (facts_came && !pulling && store)
        told(read_all());
}

void Shift::State::read_identity_and_aside() {
    if (const auto known = store->identity(); known.ok())
        identity = *known;
    if (auto aside = store->quarantined(); aside.ok())
        set_aside = std::move(aside).value();
}

void Shift::State::sync_now() {
    if (!engine)
        return;
    unsent_at_start = unsent();
    step(SyncNow{clock.now_ms()});
}

void Shift::State::facts_kept() {
    finding.stale = true;
    read_position();
    if (engine)
        step(FactsKept{position.last_sequence, clock.now_ms()});
}

void Shift::State::compare_clocks(const Replied& reply) {
    if (reply.lane != Lane::status || !reply.reply.ok() || reply.reply->status != 200 ||
        !reply.reply->headers.contains("doorstep-endpoint"))
        return;
    const auto told_by_endpoint = wire::decode_tablet_reply(reply.reply->body);
    if (told_by_endpoint.ok() && told_by_endpoint->server_time_ms > 0)
        clock_off_ms = reply.now_ms - told_by_endpoint->server_time_ms;
}

}  // namespace doorstep
