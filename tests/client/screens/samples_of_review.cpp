#include <fmt/format.h>

#include "tests/client/screens/sample_views.h"

namespace doorstep::samples {

namespace {

CountsView counts() {
    CountsView view;
    view.from = Day::of(2026, 11, 1);
    view.to = Day::of(2026, 11, 30);
    view.period = "November 2026";
    view.column_set = "Safer Streets from 2017";
    view.column_sets = {"Safer Streets 2013/14", "Safer Streets 2016", "Safer Streets from 2017"};
    view.visits = 3;
    view.contacts = 118;
    view.questionnaires = 63;
    view.partial = 4;
    view.bars = {{"police", "Police", 11},
                 {"fire", "Fire", 19},
                 {"volunteering", "Volunteering", 0},
                 {"nhw", "Neighbourhood Watch", 11},
                 {"red_cross", "British Red Cross", 5},
                 {"", "Herts Home Help Service", std::nullopt}};
    view.already_open = 5;
    view.other_agencies = 2;
    view.today = "2026-11-21";
    return view;
}

ReferralListView list() {
    ReferralListView view;
    view.title = "Fire, November 2026";
    view.count = 19;
    for (std::uint8_t i = 0; i < 19; ++i) {
        ReferralLine line;
        line.referral = id(static_cast<std::uint8_t>(i + 1));
        line.place = fmt::format("{} Mill Lane", i * 2 + 1);
        line.agency = "Hertfordshire Fire and Rescue Service";
        line.day = "Sat 21 Nov";
        line.state = i % 3 == 0 ? "Accepted by the agency" : "Raised";
        line.can_withdraw = i % 3 != 0;
        view.lines.push_back(line);
    }
    return view;
}

ReferralListView waiting() {
    ReferralListView view;
    view.title = "Referrals waiting";
    view.waiting = true;
    view.count = 2;
    view.lines = {{id(1), "14 Mill Lane", "Hertfordshire Fire and Rescue Service", "today 10:42",
                   "Waits for agreement", false, false},
                  {id(2), "14 Mill Lane", "HertsHelp", "today 10:42", "Waits for agreement", false, false}};
    view.drafts = {id(90), id(90)};
    return view;
}

}  // namespace

std::vector<Sample> of_review() {
    const View review = framed("Team review", "counts");
    CountsView days = counts();
    days.areas = "BE, SX";
    days.kind = PeriodKind::days;
    days.period = "2 to 20 November 2026";
    days.from = Day::of(2026, 11, 2);
    days.to = Day::of(2026, 11, 20);
    CountsView wrong = days;
    wrong.trouble = "The last day is before the first. Choose the days the other way round.";
    CountsView none = counts();
    none.period = "December 2026";
    none.visits = none.contacts = none.questionnaires = none.partial = none.already_open =
        none.other_agencies = 0;
    for (CountBar& bar : none.bars)
        bar.referrals = 0;
    ReferralListView no_waiting = waiting();
    no_waiting.count = 0;
    no_waiting.lines.clear();
    no_waiting.drafts.clear();
    return {sample("counts", review, counts()),
            sample("counts-days", review, days),
            sample("counts-wrong-days", review, wrong),
            sample("counts-none", review, none),
            sample("list", framed("Team review", "list/fire"), list()),
            sample("list-waiting", framed("Referrals", "list/waiting"), waiting()),
            sample("list-nothing-waits", framed("Referrals", "list/waiting"), no_waiting)};
}

}  // namespace doorstep::samples
