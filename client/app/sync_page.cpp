// Sync in words: what waits and why, what was refused, when it is tried again.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"
#include "client/app/sitting_words.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

using What = SyncView::What;

// What happened at one home, or for one visit.
struct Waiting {
    Uuid subject;
    std::string place;
    std::int64_t since_ms = 0;
    long questionnaires = 0, referrals = 0, offers = 0, doors = 0, withdrawals = 0, others = 0;

    void add(const UnsentFact& fact) {
        long& kind = fact.type == "questionnaire_finished" ? questionnaires
                     : fact.type == "referral_raised"      ? referrals
                     : fact.type == "offer_made"           ? offers
                     : fact.type == "contact_recorded"     ? doors
                     : fact.type == "referral_state_set"   ? withdrawals
                                                           : others;
        ++kind;
    }
    std::string in_words(const Wording& words) const {
        std::string all;
        const auto say = [&](long n, std::string_view one, std::string_view many) {
            if (n > 0)
                all += (all.empty() ? "" : ", ") + words.say_n(one, many, n);
        };
        say(questionnaires, "%d questionnaire", "%d questionnaires");
        say(referrals, "%d referral", "%d referrals");
        say(offers, "%d offer", "%d offers");
        say(withdrawals, "%d withdrawal", "%d withdrawals");
        say(doors, "%d outcome", "%d outcomes");
        say(others, "%d plan", "%d plans");
        return all;
    }
};

std::string place_of(const UnsentFact& fact, const Wording& words) {
    if (fact.address)
        return place_of(*fact.address);
    if (!fact.label.empty())
        return with_parts(words.say("Visit %1"), {fact.label});
    return words.say("A home of this visit");
}

std::vector<Waiting> by_home(const std::vector<UnsentFact>& facts, const Wording& words) {
    std::vector<Waiting> homes;
    for (const UnsentFact& fact : facts) {
        auto home = std::find_if(homes.begin(), homes.end(),
                                 [&](const Waiting& each) { return each.subject == fact.subject; });
        if (home == homes.end())
            home = homes.insert(homes.end(), {fact.subject, place_of(fact, words), fact.at_ms});
        home->add(fact);
    }
    return homes;
}

std::string type_in_words(const std::string& type, const Wording& words) {
    constexpr std::array<std::pair<std::string_view, const char*>, 6> known{
        {{"visit_planned", "Visit"},
         {"contact_recorded", "Outcome"},
         {"questionnaire_finished", "Questionnaire"},
         {"offer_made", "Offer"},
         {"referral_raised", "Referral"},
         {"referral_state_set", "Withdrawal"}}};
    for (const auto& [name, said] : known)
        if (name == type)
            return words.say(said);
    return words.say("Something newer than this Doorstep");
}

std::string heading(What what, std::uint64_t unsent, const Wording& words) {
    switch (what) {
    case What::up_to_date:
        return words.say("Everything is sent");
    case What::not_enrolled:
        return words.say("This tablet belongs to no endpoint yet");
    case What::working:
        return words.say("Sending");
    case What::waiting:
        return unsent == 0
                   ? words.say("Nothing waits to be sent")
                   : words.say_n("%d waits to be sent", "%d wait to be sent", static_cast<long>(unsent));
    case What::offline:
        return words.say("The endpoint was not reached");
    case What::not_our_endpoint:
        return words.say("This network does not lead to the endpoint");
    case What::wrong_clock:
        return words.say("The clock of this tablet is wrong");
    case What::refused:
        return words.say("The endpoint does not take this tablet");
    case What::storage_trouble:
        return words.say("This tablet cannot keep what came back");
    }
    return {};
}

// "2 hours", "12 minutes"
std::string length_of(std::int64_t ms, const Wording& words) {
    const long minutes = static_cast<long>(std::abs(ms) / 60'000);
    if (minutes < 120)
        return words.say_n("%d minute", "%d minutes", minutes);
    if (minutes < 2 * 24 * 60)
        return words.say_n("%d hour", "%d hours", minutes / 60);
    return words.say_n("%d day", "%d days", minutes / 60 / 24);
}

std::string clock_words(std::int64_t off_ms, const Wording& words) {
    return with_parts(
        words.say(off_ms > 0
                      ? "The clock of this tablet is %1 fast. Set it in the tablet's settings: days and "
                        "times of what is recorded are taken from it."
                      : "The clock of this tablet is %1 slow. Set it in the tablet's settings: days and "
                        "times of what is recorded are taken from it."),
        {length_of(off_ms, words)});
}

bool clock_is_wrong(std::int64_t off_ms) {
    return std::abs(off_ms) > limits::clock_skew_ms_max;
}

// It does not go on before somebody did something.
bool sync_stands(What what) {
    return what == What::not_our_endpoint || what == What::wrong_clock || what == What::refused ||
           what == What::storage_trouble;
}

What what_of(const SyncState& state, std::uint64_t unsent) {
    switch (state.what) {
    case SyncState::What::idle:
        return state.up_to_date ? What::up_to_date : unsent == 0 ? What::up_to_date : What::waiting;
    case SyncState::What::working:
        return What::working;
    case SyncState::What::waiting:
        return What::waiting;
    case SyncState::What::offline:
        return What::offline;
    case SyncState::What::not_our_endpoint:
        return What::not_our_endpoint;
    case SyncState::What::wrong_clock:
        return What::wrong_clock;
    case SyncState::What::refused:
        return What::refused;
    case SyncState::What::storage_trouble:
        return What::storage_trouble;
    }
    return What::waiting;
}

Result<RefusedLine> refused_line(SqlConnection& sql, const wire::Quarantined& aside, const Wording& words) {
    std::string type;
    Uuid subject;
    TRY_DO(sql.query("select type, subject from operation where partnership = :partnership and "
                     "operation_id = :operation",
                     {{"partnership", home_partnership}, {"operation", sql_value(aside.operation)}},
                     [&](const SqlRow& row) {
                         type = row.text(0);
                         subject = row.uuid(1);
                         return false;
                     }));
    std::string what = type.empty() ? words.say("Something that cannot be read") : type_in_words(type, words);
    TRY(const auto tries, tries_at(sql, subject));
    if (!tries.empty())
        what = with_parts(words.say("%1, %2"), {what, place_of(tries.front().address)});
    return RefusedLine{what, aside.reason};
}

}  // namespace

std::string Shift::State::header_words() const {
    if (!identity)
        return unsent() == 0 ? words.say("Not enrolled")
                             : words.say_n("%d to send", "%d to send", static_cast<long>(unsent()));
    const bool nothing = unsent() == 0;
    switch (engine ? what_of(engine->state(), unsent()) : What::waiting) {
    case What::wrong_clock:
        return nothing ? words.say("Set the clock") : words.say("Not sent: set the clock");
    case What::not_our_endpoint:
        return nothing ? words.say("Cannot sync: another network") : words.say("Not sent: another network");
    case What::refused:
        return nothing ? words.say("Cannot sync: enrol again") : words.say("Not sent: enrol again");
    case What::storage_trouble:
        return nothing ? words.say("Cannot sync: storage") : words.say("Not sent: storage");
    default:
        return nothing ? words.say("All sent")
                       : words.say_n("%d to send", "%d to send", static_cast<long>(unsent()));
    }
}

bool Shift::State::sync_needs_look() const {
    const What what = engine ? what_of(engine->state(), unsent()) : What::waiting;
    return sync_stands(what) || !set_aside.empty() || clock_is_wrong(clock_off_ms);
}

std::string Shift::State::home_sync_words() const {
    if (!identity)
        return words.say("This tablet belongs to no endpoint yet");
    // What stands in the way is said where one looks first.
    const std::string wait =
        sync_stands(engine ? what_of(engine->state(), unsent()) : What::waiting) ? header_words()
        : unsent() == 0 ? words.say("Everything is sent")
                        : words.say_n("%d waits", "%d wait", static_cast<long>(unsent()));
    if (position.last_sync_ms == 0)
        return wait;
    return with_parts(words.say("%1, last sync %2"), {wait, moment(clock, position.last_sync_ms, words)});
}

SyncView Shift::State::sync_view() {
    SyncView view;
    view.unsent = unsent();
    view.sent = position.acked_through;
    view.what = engine ? what_of(engine->state(), unsent()) : What::not_enrolled;
    view.heading = heading(view.what, view.unsent, words);
    if (!engine)
        view.words = words.say("Everything is saved on this tablet and stays here. Ask whoever looks after "
                               "Doorstep to enrol the tablet with the endpoint.");
    else if (view.what == What::offline)
        view.words = words.say("There is no network, or the endpoint does not answer. Everything is saved "
                               "on this tablet and will send later.");
    else
        view.words = engine->state().words;
    if (view.what != What::wrong_clock && clock_is_wrong(clock_off_ms))
        view.words += (view.words.empty() ? "" : " ") + clock_words(clock_off_ms, words);
    view.last_sync =
        position.last_sync_ms == 0
            ? words.say("Not sent yet")
            : with_parts(words.say("Last sync %1"), {moment_with_day(clock, position.last_sync_ms, words)});
    if (engine && engine->state().next_try_ms > clock.now_ms())
        view.next_try =
            with_parts(words.say("Next try %1"), {time_of_day(clock, engine->state().next_try_ms)});
    if (view.what == What::working && unsent_at_start > 0)
        view.progress =
            1 - std::min(1.0, static_cast<double>(unsent()) / static_cast<double>(unsent_at_start));
    if (view.unsent > 0 && entrance)
        view.sticks = sticks();
    if (const auto report = mended()) {
        view.mended_at = with_parts(words.say("Mended %1"), {moment_with_day(clock, report->at_ms, words)});
        view.mended = report->text();
    }
    const auto facts = unsent_facts(*sql);
    if (!facts.ok()) {
        say(facts.error());
        return view;
    }
    if (!facts->empty())
        view.oldest = with_parts(words.say("The oldest has waited since %1"),
                                 {moment(clock, facts->front().at_ms, words)});
    for (const Waiting& home : by_home(*facts, words))
        view.waiting.push_back({home.place, home.in_words(words), moment(clock, home.since_ms, words)});
    for (const wire::Quarantined& aside : set_aside)
        if (auto line = refused_line(*sql, aside, words); line.ok())
            view.refused.push_back(std::move(line).value());
        else
            view.refused.push_back({words.say("Something that cannot be read"), aside.reason});
    return view;
}

}  // namespace doorstep
