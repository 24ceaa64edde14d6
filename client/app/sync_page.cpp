// Sync in words: what waits and why, what was refused, when it is tried again.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"
#include "client/app/sitting_words.h"
#include "client/app/trouble_words.h"
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
    long questionnaires = 0, referrals = 0, offers = 0, doors = 0, withdrawals = 0, notes = 0, others = 0;

    long Waiting::*add(const UnsentFact& fact) {
        long Waiting::*const kind = fact.type == "questionnaire_finished" ? &Waiting::questionnaires
                                    : fact.type == "referral_raised"      ? &Waiting::referrals
                                    : fact.type == "offer_made"           ? &Waiting::offers
                                    : fact.type == "contact_recorded"     ? &Waiting::doors
                                    : fact.type == "referral_state_set"   ? &Waiting::withdrawals
                                    : fact.type == "home_noted"           ? &Waiting::notes
                                                                          : &Waiting::others;
        ++(this->*kind);
        return kind;
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
        say(notes, "%d note on a home", "%d notes on homes");
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
    constexpr std::array<std::pair<std::string_view, const char*>, 7> known{
        {{"visit_planned", "Visit"},
         {"contact_recorded", "Outcome"},
         {"questionnaire_finished", "Questionnaire"},
         {"offer_made", "Offer"},
         {"referral_raised", "Referral"},
         {"referral_state_set", "Withdrawal"},
         {"home_noted", "Note on a home"}}};
    for (const auto& [name, said] : known)
        if (name == type)
            return words.say(said);
    return words.say("Something newer than this Doorstep");
}

// Counts of what waits, over all homes, with when the oldest of each was recorded.
std::vector<KindLine> by_kind(const std::vector<UnsentFact>& facts, const Clock& clock,
                              const Wording& words) {
    std::vector<Waiting> kinds;
    std::vector<long Waiting::*> of;
    for (const UnsentFact& fact : facts) {
        Waiting one;
        one.since_ms = fact.at_ms;
        const auto which = one.add(fact);
        const auto known = std::find(of.begin(), of.end(), which);
        if (known == of.end()) {
            of.push_back(which);
            kinds.push_back(one);
        } else {
            Waiting& kind = kinds[static_cast<std::size_t>(known - of.begin())];
            ++(kind.*which);
            kind.since_ms = std::min(kind.since_ms, fact.at_ms);
        }
    }
    std::vector<KindLine> lines;
    for (const Waiting& kind : kinds)
        lines.push_back({kind.in_words(words), moment(clock, kind.since_ms, words)});
    return lines;
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
    return RefusedLine{what, aside.reason, advice_for(aside.reason, words)};
}

}  // namespace

ProxyView Shift::State::proxy_view() const {
    ProxyView view;
    view.way = static_cast<ProxyWay>(notes.proxy.way);
    view.address = notes.proxy.address;
    if (view.address.starts_with("http://"))
        view.address.erase(0, std::string_view("http://").size());
    view.name = notes.proxy.name;
    view.has_password = !notes.proxy.password.empty();
    view.trouble = proxy_trouble;
    view.saved = proxy_saved;
    return view;
}

void Shift::State::tell_trouble(SyncView& view) const {
    view.what = sync_stands_at();
    if (!engine) {
        view.heading = words.say("This tablet belongs to no endpoint yet");
        view.words = words.say("Everything is saved on this tablet and stays here. Ask whoever looks after "
                               "Doorstep to enrol the tablet with the endpoint.");
        return;
    }
    const SyncState& state = engine->state();
    if (state.trouble != SyncTrouble::none) {
        const TroubleWords told = words_of(state.trouble, surroundings.network, words);
        view.heading = told.heading;
        view.words = told.words.empty() ? state.words : told.words;
        if (state.trouble == SyncTrouble::wrong_clock)
            view.words =
                with_parts(words.say("The answers are safe on this tablet; sync waits. %1 Set the date "
                                     "and time in the tablet's settings, then choose \"Sync now\"."),
                           {clocks_in_words(clock, state.clock_off_ms, words)});
    } else if (view.what == What::working) {
        view.heading = view.unsent > 0 ? words.say("Sending") : words.say("Syncing");
    } else if (view.unsent == 0 && pictures_waiting > 0) {
        view.heading = words.say_n("%d picture waits to be sent", "%d pictures wait to be sent",
                                   static_cast<long>(pictures_waiting));
        view.words =
            words.say("Everything else is sent. Signatures go by themselves, photos while the tablet "
                      "charges or after \"Sync now\".");
    } else if (view.unsent == 0) {
        view.heading = words.say("Everything is sent");
    } else {
        view.heading =
            words.say_n("%d waits to be sent", "%d wait to be sent", static_cast<long>(view.unsent));
    }
    if (view.what != What::wrong_clock && std::abs(state.clock_off_ms) > limits::clock_skew_ms_max)
        view.words +=
            (view.words.empty() ? "" : " ") +
            with_parts(words.say("The clock of this tablet is wrong. %1 Set it in the tablet's settings: "
                                 "days and times of what is recorded are taken from it."),
                       {clocks_in_words(clock, state.clock_off_ms, words)});
}

void Shift::State::tell_progress(SyncView& view) const {
    if (view.what != What::working)
        return;
    const std::uint64_t to_pull = engine->state().to_pull;
    const auto told = [&](const std::string& sentence, std::uint64_t done, std::uint64_t all) {
        view.progress = static_cast<double>(done) / static_cast<double>(all);
        view.progress_words = with_parts(sentence, {fmt::format("{}", done), fmt::format("{}", all)});
    };
    if (unsent() > 0 && unsent_at_start >= unsent())
        told(words.say("%1 of %2 sent"), unsent_at_start - unsent(), unsent_at_start);
    else if (to_pull > 0 && to_pull_at_start >= to_pull)
        told(words.say("Fetching what the others recorded: %1 of %2"), to_pull_at_start - to_pull,
             to_pull_at_start);
    else if (engine->state().parcels_coming)
        view.progress_words = words.say("Fetching questionnaires and addresses");
    else if (position.rescued > 0)
        view.progress_words = words.say("Handing over what this tablet carries for another one");
}

void Shift::State::tell_times(SyncView& view) const {
    const std::int64_t last_ms = std::max(position.last_sync_ms, notes.success_ms);
    view.last_sync = last_ms == 0
                         ? words.say("Not sent yet")
                         : with_parts(words.say("Last sync %1"), {moment_with_day(clock, last_ms, words)});
    if (engine && engine->state().next_try_ms > clock.now_ms())
        view.next_try =
            with_parts(words.say("Next try %1"), {time_of_day(clock, engine->state().next_try_ms)});
    // What stands in the way now is said above.
    const bool stands = engine && engine->state().trouble != SyncTrouble::none;
    if (!stands && notes.trouble != SyncTrouble::none)
        view.last_trouble =
            with_parts(words.say("Last trouble %1: %2"), {moment_with_day(clock, notes.trouble_ms, words),
                                                          words_of(notes.trouble, true, words).heading});
    view.not_backed_up = not_backed_up(false);
    view.published = published_words();
}

SyncView Shift::State::sync_view() {
    SyncView view;
    view.unsent = unsent();
    view.sent = position.acked_through;
    tell_trouble(view);
    tell_progress(view);
    tell_times(view);
    view.proxy = proxy_view();
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
    if (pictures_waiting > 0 && view.unsent > 0)
        view.oldest +=
            (view.oldest.empty() ? "" : ". ") +
            words.say_n("%d picture follows", "%d pictures follow", static_cast<long>(pictures_waiting));
    view.kinds = by_kind(*facts, clock, words);
    for (const Waiting& home : by_home(*facts, words))
        view.waiting.push_back({home.place, home.in_words(words), moment(clock, home.since_ms, words)});
    for (const wire::Quarantined& aside : set_aside)
        if (auto line = refused_line(*sql, aside, words); line.ok())
            view.refused.push_back(std::move(line).value());
        else
            view.refused.push_back(
                {words.say("Something that cannot be read"), aside.reason, advice_for(aside.reason, words)});
    return view;
}

}  // namespace doorstep
