// Team review: any period, and the list behind a number.
#include "tests/client/app/shift_in_hand.h"

#include "client/app/day_words.h"

using namespace doorstep;
using namespace doorstep::test;

TEST_CASE("the list behind a number holds as many as the number says", "[shift][counts]") {
    ShiftInHand day;
    day.open();
    day.finish_one("1 Mill Lane");
    day.finish_one("2 Mill Lane");
    day.act(intent::GoHome{});
    day.act(intent::OpenCounts{});
    const CountsView counts = day.screen<CountsView>();
    CHECK(counts.period == "November 2026");
    CHECK(counts.column_set == "Safer Streets from 2017");
    CHECK(counts.questionnaires == 2);
    bool fire = false;
    for (const CountBar& bar : counts.bars) {
        if (bar.agency.empty())
            continue;
        day.act(intent::OpenReferralList{bar.agency});
        const ReferralListView list = day.screen<ReferralListView>();
        CHECK(list.count == bar.referrals.value_or(0));
        std::int64_t counted = 0;
        for (const ReferralLine& line : list.lines)
            counted += line.counted ? 1 : 0;
        CHECK(counted == list.count);
        if (bar.agency == "fire") {
            fire = true;
            CHECK(bar.referrals == 2);
            CHECK(list.title == "Fire, November 2026");
            CHECK(list.lines.at(0).place == "1 Mill Lane");
            CHECK(list.lines.at(0).state == "Raised");
            CHECK(list.lines.at(0).day == "Sat 21 Nov");
        }
        day.act(intent::Back{});
    }
    CHECK(fire);
}

TEST_CASE("a withdrawn referral leaves the number and stays in the list", "[shift][counts]") {
    ShiftInHand day;
    day.open();
    day.finish_one("1 Mill Lane");
    day.act(intent::GoHome{});
    day.act(intent::OpenCounts{});
    day.act(intent::OpenReferralList{"fire"});
    const Uuid referral = day.screen<ReferralListView>().lines.at(0).referral;
    day.act(intent::WithdrawReferral{referral, ""});
    CHECK(day.view().notice->kind == Notice::Kind::trouble);
    CHECK(day.screen<ReferralListView>().count == 1);
    day.act(intent::WithdrawReferral{referral, "They asked their son."});
    CHECK(day.screen<ReferralListView>().count == 0);
    REQUIRE(day.screen<ReferralListView>().lines.size() == 1);
    CHECK(day.screen<ReferralListView>().lines[0].state == "Withdrawn");
    CHECK_FALSE(day.screen<ReferralListView>().lines[0].can_withdraw);
}

TEST_CASE("periods step as the calendar does", "[shift][counts]") {
    ShiftInHand day;
    day.open();
    day.act(intent::OpenCounts{});
    const auto shows = [&](const Intent& intent) {
        day.act(intent);
        return day.screen<CountsView>().period;
    };
    CHECK(shows(intent::ShowPeriod{PeriodKind::month, -1}) == "October 2026");
    CHECK(shows(intent::ShowPeriod{PeriodKind::month, 1}) == "November 2026");
    CHECK(shows(intent::ShowPeriod{PeriodKind::day, 0}) == "Saturday 21 November 2026");
    CHECK(shows(intent::ShowPeriod{PeriodKind::week, 0}) == "16 November to 22 November 2026");
    CHECK(shows(intent::ShowPeriod{PeriodKind::quarter, 0}) == "October to December 2026");
    CHECK(shows(intent::ShowPeriod{PeriodKind::year, 0}) == "Year 2026/27");
    CHECK(day.screen<CountsView>().from == Day::of(2026, 4, 1));
    CHECK(day.screen<CountsView>().to == Day::of(2027, 3, 31));
    CHECK(shows(intent::ShowPeriod{PeriodKind::year, -13}) == "Year 2013/14");
    CHECK(day.screen<CountsView>().column_set == "Safer Streets 2013/14");
    CHECK(shows(intent::ShowDays{Day::of(2026, 2, 28), Day::of(2026, 3, 1)}) ==
          "28 February to 1 March 2026");
    CHECK(shows(intent::ShowDays{Day::of(2026, 3, 2), Day::of(2026, 3, 1)}) == "28 February to 1 March 2026");
    CHECK_FALSE(day.screen<CountsView>().trouble.empty());
    day.act(intent::ShowColumnSet{"Safer Streets 2016"});
    CHECK(day.screen<CountsView>().column_set == "Safer Streets 2016");
    day.act(intent::ShowColumnSet{"no such set"});
    CHECK(day.screen<CountsView>().column_set == "Safer Streets 2016");
    CHECK(shows(intent::ShowPeriod{PeriodKind::month, 1'000'000}) != "");
}

TEST_CASE("what stands in a sentence is never read as a gap", "[words]") {
    CHECK(with_parts("%1 and %2", {"a %2", "b"}) == "a %2 and b");
    CHECK(with_parts("%3 %", {"a"}) == "%3 %");
    CHECK(place_of({"12A", "Flat 2", "Mill Lane", "", std::nullopt}) == "Flat 2, 12A Mill Lane");
    CHECK(place_of({"", "", "", "", std::nullopt}).empty());
}
