// Any home is found by what is typed, whoever was there and when.
#include "client/app/homes.h"

#include "client/app/address_commands.h"
#include "tests/client/app/shift_in_hand.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr const char* borough = "uprn,number_or_name,road,postcode,area,road_code\n"
                                "990000000101,7,Łódź Crescent,WD6 5AA,BE,BE-055\n"
                                "990000000102,8,Łódź Crescent,WD6 5AA,BE,BE-055\n"
                                "990000000003,3,Mill Lane,WD6 9OV,BE,BE-001\n";

const HomesView& find(ShiftInHand& day, const std::string& text) {
    if (!std::holds_alternative<HomesView>(day.view().screen)) {
        day.act(intent::GoHome{});
        day.act(intent::OpenHomes{});
    }
    day.act(intent::FindHomes{text});
    // The addresses, step by step.
    for (int i = 0; i < 50 && day.shift->wake_at_ms().value_or(INT64_MAX) <= day.clock.now_ms(); ++i)
        day.shift->woken();
    return day.screen<HomesView>();
}

std::vector<std::string> places(const HomesView& view) {
    std::vector<std::string> all;
    for (const HomeRow& row : *view.rows)
        all.push_back(row.place);
    return all;
}

}  // namespace

TEST_CASE("homes of contacts, of visits and of the borough are found, with slips and foreign letters",
          "[homes]") {
    ShiftInHand day;
    day.tried_before(300);
    day.addresses(borough);
    day.open();
    day.act(intent::OpenHomes{});
    CHECK(day.view().header.title == "Find a home");
    // Nothing typed: where somebody was last.
    CHECK(day.screen<HomesView>().rows->size() == 200);
    CHECK(day.screen<HomesView>().rows->front().place == "300 Rookery Way");
    CHECK(places(find(day, "7 lodz cresent")) == std::vector<std::string>{"7 Łódź Crescent"});
    CHECK(day.screen<HomesView>().rows->front().words == "WD6 5AA");
    CHECK_FALSE(day.screen<HomesView>().rows->front().on_visit);
    CHECK(places(find(day, "laka wicket")) == std::vector<std::string>{"Wicket Cottage, Łąka St. John's"});
    CHECK(day.screen<HomesView>().rows->front().on_visit);
    CHECK(places(find(day, "3 mill lane")).size() == 1);
    CHECK(find(day, "17 rokery").rows->front().words == "WD6 3ZZ, No answer, Sat 14 Nov");
    CHECK(find(day, "rookery way").rows->size() == 50);
    CHECK(day.screen<HomesView>().more == "50 of 300: type more");
    CHECK(find(day, "zebra").rows->empty());
    CHECK(day.screen<HomesView>().more.empty());
}

TEST_CASE("a contact just made is found with its outcome, and first among the latest", "[homes]") {
    ShiftInHand day;
    day.tried_before(5);
    day.open();
    CHECK(find(day, "14 mill lane").rows->front().words == "WD6 9OV");
    day.record("14 Mill Lane", ContactOutcome::declined);
    CHECK(find(day, "14 mill lane").rows->front().words == "WD6 9OV, Declined, Sat 21 Nov");
    CHECK(find(day, "").rows->front().place == "14 Mill Lane");
    day.reopen();
    CHECK(find(day, "").rows->front().place == "14 Mill Lane");
}

TEST_CASE("a home on a visit opens its door; another one is added to today's visit and stays there",
          "[homes]") {
    ShiftInHand day;
    day.addresses(borough);
    day.open();
    day.act(intent::OpenHome{find(day, "16 flat 2").rows->at(0).household});
    CHECK(day.screen<DoorView>().place == "Flat 2, 16 Mill Lane");
    const Uuid home = find(day, "8 lodz").rows->at(0).household;
    day.act(intent::OpenHome{home});
    CHECK(day.screen<HomesView>().chosen == home);
    CHECK(day.screen<HomesView>().chosen_place == "8 Łódź Crescent");
    REQUIRE(day.screen<HomesView>().can_add);
    day.act(intent::AddHome{home});
    CHECK(day.notice() == "8 Łódź Crescent is on today's visit now.");
    day.act(intent::AddHome{home});  // a quick finger
    CHECK(day.screen<DoorView>().place == "8 Łódź Crescent");
    day.act(intent::RecordOutcome{home, ContactOutcome::no_answer});
    CHECK(day.screen<DoorsView>().total == 11);
    day.act(intent::Back{});
    CHECK(day.screen<HomesView>().find == "8 lodz");
    day.reopen();
    day.act(intent::GoHome{});
    day.to_the_doors();
    CHECK(day.screen<DoorsView>().total == 11);
    CHECK(day.row("8 Łódź Crescent").words == "No answer");
}

TEST_CASE("without a visit today a home is only shown", "[homes]") {
    ShiftInHand day;
    day.addresses(borough);
    day.clock.advance_ms(std::int64_t{3} * 24 * 3'600'000);
    day.open();
    day.act(intent::OpenHome{find(day, "8 lodz").rows->at(0).household});
    CHECK_FALSE(day.screen<HomesView>().can_add);
    CHECK(day.notice() ==
          "8 Łódź Crescent is on no visit of this tablet, and no visit is planned for today.");
}

TEST_CASE("nothing of any home is left when it was cleared", "[homes]") {
    Homes homes;
    const Uuid home = household_of_uprn(990000000101);
    homes.know(home, {"7", "", "Mill Lane", "WD6 9OV", 990000000101});
    REQUIRE(homes.find("mill", nullptr)->matches == 1);
    homes.clear();
    CHECK(homes.size() == 0);
    CHECK(homes.find("mill", nullptr)->first.empty());
    CHECK(homes.find("", nullptr)->first.empty());
    CHECK_FALSE(homes.home(home, nullptr).ok());
}

TEST_CASE("while many records come the page is drawn for a share of them, not for each batch", "[homes]") {
    std::size_t drawn = 0, drawings = 0;
    for (std::size_t now = 200; now <= 50'000; now += 200)
        if (worth_drawing(now, drawn)) {
            drawn = now;
            ++drawings;
        }
    CHECK(drawings >= 10);
    CHECK(drawings <= 30);  // of 250 batches
    CHECK(drawn >= 40'000);
}
