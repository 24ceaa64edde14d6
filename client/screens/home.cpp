#include <algorithm>
#include <set>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"

namespace doorstep::screens {

namespace {

bool finished(const HomeView& home) {
    return !home.visits.empty() && std::all_of(home.visits.begin(), home.visits.end(), [](const auto& visit) {
        return visit.left == 0 && visit.next_door.empty();
    });
}

const VisitLine* in_hand(const HomeView& home) {
    const auto found = std::find_if(home.visits.begin(), home.visits.end(),
                                    [](const VisitLine& visit) { return !visit.next_door.empty(); });
    return found == home.visits.end() ? nullptr : &*found;
}

std::string doors_left(const Ui& ui, const VisitLine& visit) {
    std::string words = with(ui.say("%1 of %2 doors left"), {grouped(visit.left), grouped(visit.doors)});
    if (visit.come_back > 0)
        words += ", " + ui.say_n("%d to come back to", "%d to come back to", visit.come_back);
    return words;
}

// Streets are known by their roads; the code of an area is nobody's name for them.
std::string where(const VisitLine& visit) {
    return visit.roads.empty() ? visit.area : visit.roads;
}

void greet(Ui& ui, const HomeView& home) {
    // The day stands in the header, once.
    if (!home.greeting.empty())
        ui.words(home.greeting, Type::title, ui.colours().text, Align::start, Role::heading);
    if (const VisitLine* visit = in_hand(home))
        second(ui, with("%1. %2", {where(*visit), doors_left(ui, *visit)}));
}

void next_door(Ui& ui, const VisitLine& visit, Intents& intents) {
    const std::string detail = with(ui.say("Next: %1"), {visit.next_door});
    const bool begun = visit.left < visit.doors || visit.come_back > 0;
    const std::string words = begun ? ui.say("Go on at the doors") : ui.say("Start at the doors");
    if (main_tile(ui, words, detail))
        intents.emplace_back(intent::OpenVisit{visit.visit});
}

void day_is_done(Ui& ui, const HomeView& home) {
    int doors = 0;
    for (const VisitLine& visit : home.visits)
        doors += visit.doors;
    figures(ui, {{doors, ui.say("doors, all done")},
                 {home.questionnaires_today, ui.say("questionnaires")},
                 {home.referrals_today, ui.say("referrals")}});
}

void today(Ui& ui, const HomeView& home, Intents& intents) {
    ui.gap(6);
    if (home.visits.empty()) {
        ui.words(ui.say("No visit is planned on this tablet. Sync brings the next one."), Type::body,
                 ui.colours().text);
        return;
    }
    if (const VisitLine* visit = in_hand(home))
        next_door(ui, *visit, intents);
    else if (finished(home))
        day_is_done(ui, home);
}

void other_visits(Ui& ui, const HomeView& home, Intents& intents) {
    const VisitLine* first = in_hand(home);
    std::vector<const VisitLine*> others;
    for (const VisitLine& visit : home.visits)
        if (&visit != first)
            others.push_back(&visit);
    if (others.empty())
        return;
    group(ui, ui.say("Visits"));
    for (const VisitLine* visit : others) {
        RowWords words;
        words.label = with("%1, %2", {where(*visit), visit->day});
        words.words = visit->left == 0 ? ui.say("All doors done") : doors_left(ui, *visit);
        if (row(ui, words))
            intents.emplace_back(intent::OpenVisit{visit->visit});
    }
}

void not_finished(Ui& ui, const HomeView& home, Intents& intents) {
    if (home.not_finished.empty())
        return;
    group(ui, ui.say("Not finished"));
    std::set<std::string> seen;
    for (const DraftLineView& draft : home.not_finished) {
        RowWords words;
        words.label = draft.place;
        if (!seen.insert(words.label).second)
            words.label = with("%1, %2, %3", {draft.place, draft.form, draft.since});
        words.words = draft.trouble.empty() ? with(ui.say("since %1"), {draft.since}) : draft.trouble;
        words.tint = draft.trouble.empty() ? RowWords::Tint::none : RowWords::Tint::trouble;
        if (row(ui, words))
            intents.emplace_back(intent::ResumeDraft{draft.questionnaire});
    }
}

void ways_on(Ui& ui, const HomeView& home, Intents& intents) {
    ui.gap(6);
    const auto way = [&](std::string label, std::string words, RowWords::Tint tint, Intent to) {
        RowWords one;
        one.label = std::move(label);
        one.words = std::move(words);
        one.tint = tint;
        if (row(ui, one))
            intents.push_back(std::move(to));
    };
    const auto asks = home.referrals_waiting > 0 ? RowWords::Tint::asks : RowWords::Tint::none;
    way(ui.say("Find a home"), "", RowWords::Tint::none, intent::OpenHomes{});
    way(ui.say("Referrals waiting"), home.referrals_words, asks, intent::OpenWaiting{});
    way(ui.say("Team review"), "", RowWords::Tint::none, intent::OpenCounts{});
    way(ui.say("Sync"), home.sync_words,
        home.sync_needs_look ? RowWords::Tint::trouble : RowWords::Tint::none, intent::OpenSync{});
    way(ui.say("Settings"), "", RowWords::Tint::none, intent::OpenSettings{});
}

}  // namespace

void home(Ui& ui, const View& view, const HomeView& home, Intents& intents) {
    const PageParts parts = page(
        ui, view.place, header_of(view), {}, [&] { notice(ui, view, intents); },
        [&] {
            greet(ui, home);
            today(ui, home, intents);
            not_finished(ui, home, intents);
            other_visits(ui, home, intents);
            ways_on(ui, home, intents);
        });
    act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
