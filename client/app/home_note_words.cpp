#include "client/app/home_note_words.h"

#include <algorithm>
#include <array>

#include "client/app/day_words.h"

namespace doorstep {

namespace {

constexpr std::array<HomeNoteKind, 5> registers{HomeNoteKind::do_not_return, HomeNoteKind::hazard,
                                                HomeNoteKind::safety, HomeNoteKind::access,
                                                HomeNoteKind::language};

std::string line_of(const HomeNoted& noted, Day today, const Wording& words) {
    const std::string said = noted.holds ? noted.text : words.say("It is so no longer");
    const std::string by = with_parts("%1, %2", {noted.officer, day_in_short(noted.day, words)});
    const std::string line = said.empty() ? by : with_parts("%1 (%2)", {said, by});
    return noted.holds && noted.review <= today
               ? with_parts(words.say("%1. Look whether it is still so."), {line})
               : line;
}

}  // namespace

std::string note_name(HomeNoteKind kind, const Wording& words) {
    switch (kind) {
    case HomeNoteKind::do_not_return:
        return words.say("Do not return");
    case HomeNoteKind::hazard:
        return words.say("Hazard");
    case HomeNoteKind::safety:
        return words.say("Safety of officers");
    case HomeNoteKind::access:
        return words.say("Way in");
    case HomeNoteKind::language:
        return words.say("Language");
    }
    return {};
}

bool warns(const HomeNoted& noted) {
    return noted.holds && protects(noted.kind);
}

std::vector<HomeNoteView> note_views(const std::vector<StandingNote>& notes, Day today,
                                     const Wording& words) {
    std::vector<HomeNoteView> views;
    for (const HomeNoteKind kind : registers) {
        HomeNoteView view{kind, note_name(kind, words), {}, false, {}, {}};
        const bool any_holds = std::any_of(notes.begin(), notes.end(), [&](const StandingNote& one) {
            return one.noted.kind == kind && one.noted.holds;
        });
        for (const StandingNote& one : notes) {
            if (one.noted.kind != kind)
                continue;
            view.shown.push_back(one.fact);
            if (!any_holds)
                continue;
            if (view.lines.empty()) {
                view.warns = warns(one.noted);
                view.text = one.noted.text;
            }
            view.lines.push_back(line_of(one.noted, today, words));
        }
        views.push_back(std::move(view));
    }
    return views;
}

}  // namespace doorstep
