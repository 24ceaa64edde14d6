// How sync stands, in the few words that fit everywhere: the header of every screen, home, the
// locked page.  No resident is in any of them.
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"
#include "client/app/trouble_words.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

using What = SyncView::What;

constexpr std::int64_t day_ms = 24 * 60 * 60'000;
// A backup a night is what an endpoint should make: from the second missing one on it is said.
constexpr std::int64_t backup_days_to_tell = 2;

void add(std::string& line, const std::string& part) {
    if (!part.empty())
        line += (line.empty() ? "" : ", ") + part;
}

}  // namespace

SyncView::What Shift::State::sync_stands_at() const {
    if (!engine)
        return identity ? What::waiting : What::not_enrolled;
    const SyncState& state = engine->state();
    if (state.trouble != SyncTrouble::none)
        return words_of(state.trouble, surroundings.network, words).what;
    if (state.what == SyncState::What::working)
        return What::working;
    return unsent() == 0 ? What::up_to_date : What::waiting;
}

// "3 to send, oldest 10:42"; "All sent 17:05"
std::string Shift::State::header_words() const {
    if (unsent() == 0) {
        if (!identity)
            return words.say("Not enrolled");
        if (pictures_waiting > 0)
            return words.say_n("%d picture to send", "%d pictures to send",
                               static_cast<long>(pictures_waiting));
        const std::int64_t last_ms = std::max(position.last_sync_ms, notes.success_ms);
        return last_ms == 0 ? words.say("All sent")
                            : with_parts(words.say("All sent %1"), {moment(clock, last_ms, words)});
    }
    std::string line = words.say_n("%d to send", "%d to send", static_cast<long>(unsent()));
    if (oldest_unsent_ms != 0)
        add(line, with_parts(words.say("oldest %1"), {moment(clock, oldest_unsent_ms, words)}));
    return line;
}

std::string Shift::State::header_more() const {
    std::string line;
    if (!set_aside.empty())
        line = words.say_n("%d not accepted", "%d not accepted", static_cast<long>(set_aside.size()));
    if (engine && engine->state().trouble == SyncTrouble::none &&
        std::abs(engine->state().clock_off_ms) > limits::clock_skew_ms_max)
        add(line, words.say("set the clock"));
    if (engine && engine->state().trouble != SyncTrouble::none)
        add(line, words_of(engine->state().trouble, surroundings.network, words).in_header);
    add(line, not_backed_up(true));
    return line;
}

std::string Shift::State::locked_words() const {
    std::string line;
    if (sync_stands_at() == What::working && unsent() > 0)
        line = words.say_n("Sending %d", "Sending %d", static_cast<long>(unsent()));
    else
        line = header_words();
    add(line, header_more());
    return line;
}

std::string Shift::State::not_backed_up(bool in_header) const {
    if (position.durable_through >= position.acked_through || notes.not_backed_up_since_ms == 0)
        return {};
    const auto count = static_cast<long>(position.acked_through - position.durable_through);
    const std::int64_t days =
        std::max<std::int64_t>(0, endpoint_now_ms() - notes.not_backed_up_since_ms) / day_ms;
    if (in_header)
        return days < backup_days_to_tell ? std::string{}
                                          : words.say_n("%d without backup", "%d without backup", count);
    const std::string sent = words.say_n("%d sent, not yet backed up at the endpoint",
                                         "%d sent, not yet backed up at the endpoint", count);
    return days == 0 ? sent
                     : with_parts(words.say("%1 (%2)"),
                                  {sent, words.say_n("no backup for %d day", "no backup for %d days",
                                                     static_cast<long>(days))});
}

bool Shift::State::sync_needs_look() const {
    return !header_more().empty();
}

std::string Shift::State::home_sync_words() const {
    if (!identity)
        return words.say("This tablet belongs to no endpoint yet");
    std::string line;
    if (unsent() == 0)
        line = pictures_waiting > 0 ? words.say_n("%d picture to send", "%d pictures to send",
                                                  static_cast<long>(pictures_waiting))
                                    : words.say("Everything is sent");
    else
        line = words.say_n("%d waits", "%d wait", static_cast<long>(unsent()));
    add(line, header_more());
    const std::int64_t last_ms = std::max(position.last_sync_ms, notes.success_ms);
    return last_ms == 0 ? line
                        : with_parts(words.say("%1, last sync %2"), {line, moment(clock, last_ms, words)});
}

}  // namespace doorstep
