// Home: today's visits, what is not finished, the ways on.
#include <algorithm>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"

namespace doorstep {

namespace {

// Doors of a visit that is long over are nobody's work any more.
constexpr int days_kept_at_home = 60;

std::string greeting(int hour, const std::string& officer, const Wording& words) {
    if (officer.empty())
        return {};
    return with_parts(words.say(hour < 12   ? "Good morning, %1"
                                : hour < 18 ? "Good afternoon, %1"
                                            : "Good evening, %1"),
                      {officer});
}

int hour_at(const Clock& clock) {
    const std::int64_t now = clock.now_ms();
    const std::int64_t minutes = now / 60'000 + clock.utc_offset_minutes(now);
    return static_cast<int>(minutes / 60 % 24);
}

}  // namespace

// Today's first, then those to come, then the latest of those before.
std::vector<const PlannedVisitRow*> Shift::State::visits_at_home() const {
    const Day now = today(clock);
    std::vector<const PlannedVisitRow*> found;
    for (const PlannedVisitRow& each : visits)
        if (each.day == now || (walked.contains(each.visit) && each.day.plus(days_kept_at_home) >= now))
            found.push_back(&each);
    const auto rank = [&](const PlannedVisitRow* each) {
        const int ahead = each->day.since_1970 - now.since_1970;
        return std::pair(ahead == 0 ? 0 : ahead > 0 ? 1 : 2, std::abs(ahead));
    };
    std::stable_sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
        const bool a_walked = walked.contains(a->visit);
        const bool b_walked = walked.contains(b->visit);
        return std::pair(rank(a), !a_walked) < std::pair(rank(b), !b_walked);
    });
    return found;
}

HomeView Shift::State::home_view() {
    const Day now = today(clock);
    HomeView view;
    view.day = day_in_full(now, words);
    view.officer = options.officer_name;
    view.greeting = greeting(hour_at(clock), options.officer_name, words);
    for (const PlannedVisitRow* planned : visits_at_home()) {
        const auto here = street(planned->visit);
        if (!here.ok()) {
            say(here.error());
            continue;
        }
        const DoorsView doors = (*here)->view();
        if (planned->day < now && doors.left == 0)
            continue;
        // Its doors are on another tablet: there is nothing to work here.
        if (doors.total == 0)
            continue;
        view.visits.push_back({planned->visit, planned->area, (*here)->roads(),
                               planned->day == now ? words.say("Today") : day_in_full(planned->day, words),
                               doors.total, doors.left, doors.come_back, doors.next_place});
        if (planned->day != now)
            continue;
        if (const auto figures = figures_of(*sql, planned->visit); figures.ok()) {
            view.questionnaires_today += static_cast<int>(figures->questionnaires);
            view.referrals_today += static_cast<int>(figures->referrals);
        }
    }
    for (const KnownDraft& known : drafts)
        view.not_finished.push_back({known.header.questionnaire, known.place, known.form,
                                     moment(clock, known.header.started_ms, words), known.trouble});
    view.referrals_waiting = referrals_waiting();
    view.referrals_words =
        view.referrals_waiting == 0
            ? words.say("None")
            : words.say_n("%d waits for agreement", "%d wait for agreement", view.referrals_waiting);
    view.sync_words = home_sync_words();
    view.sync_needs_look = sync_needs_look();
    return view;
}

}  // namespace doorstep
