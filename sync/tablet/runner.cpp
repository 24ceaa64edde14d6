#include "sync/tablet/runner.h"

#include <algorithm>
#include <deque>

#include "sync/tablet/carry_out.h"

namespace doorstep {

namespace {

// How far a sync has come: while these rise, trying again is worth it.
bool further(const SyncPosition& now, const SyncPosition& before) {
    return now.acked_through > before.acked_through || now.cursor > before.cursor ||
           now.epoch != before.epoch || now.held != before.held;
}

struct Conversation {
    Store& store;
    HttpClient& http;
    const Clock& clock;
    SyncEngine engine;
    std::deque<Event> events;
    std::int64_t wake_at_ms = 0;
    ParcelFolder* parcels = nullptr;
    std::uint64_t parts = 0;  // of reference data, in a row, and of pictures, that went well

    void count(const ParcelsKept& kept, bool is_part) {
        if (!kept.stand.ok())
            parts = 0;
        else if (is_part)
            ++parts;
    }

    void run_dry() {
        while (!events.empty()) {
            const Event event = std::move(events.front());
            events.pop_front();
            for (const Effect& effect : engine.step(event))
                carry(effect);
        }
    }

    void carry(const Effect& effect) {
        if (const auto* wake = std::get_if<WakeAt>(&effect)) {
            wake_at_ms = wake->at_ms;
        } else if (const auto* request = std::get_if<SendRequest>(&effect)) {
            auto reply = http.exchange(request->request);
            if (request->lane == Lane::media && reply.ok() && reply->proven && reply->status == 200)
                ++parts;
            events.push_back(
                Replied{request->lane, request->attempt, std::move(reply), clock.now_ms(), http.fault()});
        } else if (auto answer = carry_out(effect, store, parcels)) {
            if (const auto* kept = std::get_if<ParcelsKept>(&*answer))
                count(*kept, std::holds_alternative<KeepParcelPart>(effect));
            events.push_back(std::move(*answer));
        }
    }
};

}  // namespace

Result<SyncOutcome> sync_now(Store& store, HttpClient& http, const Clock& clock, Random& random,
                             const std::function<void(std::int64_t)>& sleep_ms, int give_up_after,
                             std::optional<AppAtWork> at_work, ParcelFolder* parcels) {
    TRY(const auto enrolment, store.enrolment());
    if (enrolment.is_nil())
        return Error{Fault::refused, "This tablet is not enrolled with an endpoint.",
                     "Enrol it, then sync. Nothing is lost: everything stays on this tablet."};
    TRY(auto stood, store.position());
    Conversation talk{store, http, clock, SyncEngine(random, std::move(at_work)), {}, 0, parcels};
    talk.events.push_back(Begin{stood,
                                enrolment,
                                clock.now_ms(),
                                {},
                                parcels ? std::optional(parcels->stand().list) : std::nullopt,
                                true});
    std::uint64_t parts = 0;
    for (int failed = 0;;) {
        talk.run_dry();
        const SyncState& state = talk.engine.state();
        if (state.up_to_date)
            return SyncOutcome{state, true};
        TRY(auto stands, store.position());
        failed = further(stands, stood) || talk.parts > parts ? 1 : failed + 1;
        parts = talk.parts;
        stood = stands;
        if (state.next_try_ms == 0 || failed >= give_up_after)
            return SyncOutcome{state, false};
        const auto wait = std::max<std::int64_t>(state.next_try_ms - clock.now_ms(), 0);
        sleep_ms(wait);
        // With a clock that stands still the wait is over all the same.
        talk.events.push_back(Woken{std::max(clock.now_ms(), state.next_try_ms)});
    }
}

}  // namespace doorstep
