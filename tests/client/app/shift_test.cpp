// A day at the doors without a window.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "client/app/commands.h"
#include "client/app/route.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::test;

TEST_CASE("a shift opens at home with today's visit and its next door", "[shift]") {
    ShiftInHand day;
    day.open();
    const HomeView home = day.screen<HomeView>();
    CHECK(home.day == "Saturday 21 November");
    CHECK(home.greeting == "Good morning, Sam");
    REQUIRE(home.visits.size() == 1);
    CHECK(home.visits[0].day == "Today");
    CHECK(home.visits[0].doors == 10);
    CHECK(home.visits[0].left == 10);
    CHECK(home.visits[0].next_door == "1 Mill Lane");
    CHECK(home.not_finished.empty());
    CHECK(home.referrals_words == "None");
    CHECK_FALSE(day.view().header.can_go_back);
    CHECK(day.view().header.title == "Saturday 21 November");
    CHECK(day.view().number > 0);
}

TEST_CASE("an outcome leads back to the doors, says so, and can be taken back", "[shift]") {
    ShiftInHand day;
    day.open();
    day.record("14 Mill Lane", ContactOutcome::no_answer);
    CHECK(day.notice() == "No answer at 14 Mill Lane.");
    CHECK(day.row("14 Mill Lane").words == "No answer");
    CHECK(day.row("14 Mill Lane").state == DoorState::over);
    CHECK(day.screen<DoorsView>().left == 9);
    REQUIRE(day.view().notice->undo != 0);

    day.record("14 Mill Lane", ContactOutcome::no_answer);
    CHECK(day.row("14 Mill Lane").words == "No answer, twice");

    day.act(intent::Undo{day.view().notice->undo});
    CHECK(day.row("14 Mill Lane").words == "No answer");
    const std::uint64_t used = day.view().notice->undo;
    CHECK(used == 0);

    day.record("1 Mill Lane", ContactOutcome::empty);
    const std::uint64_t token = day.view().notice->undo;
    day.act(intent::Undo{token});
    CHECK(day.row("1 Mill Lane").state == DoorState::untouched);
    CHECK(day.row("1 Mill Lane").words.empty());
    day.act(intent::Undo{token});  // said twice
    CHECK(day.row("1 Mill Lane").state == DoorState::untouched);
    CHECK(day.screen<DoorsView>().left == 9);
}

TEST_CASE("a notice belongs to the screen that it led to", "[shift]") {
    ShiftInHand day;
    day.open();
    day.record("14 Mill Lane", ContactOutcome::no_answer);
    REQUIRE(day.view().notice);
    day.act(intent::ChooseTheme{Theme::sunlight});
    day.act(intent::FilterDoors{DoorFilter::to_do});
    CHECK(day.view().notice);  // the same screen, seen otherwise
    day.to_door("2 Mill Lane");
    CHECK_FALSE(day.view().notice);
    day.act(intent::Back{});
    CHECK_FALSE(day.view().notice);

    day.record("2 Mill Lane", ContactOutcome::empty);
    REQUIRE(day.view().notice);
    day.act(intent::Back{});
    CHECK(std::holds_alternative<HomeView>(day.view().screen));
    CHECK_FALSE(day.view().notice);
}

TEST_CASE("a second tap of a quick finger records no second try", "[shift]") {
    ShiftInHand day;
    day.open();
    day.to_door("2 Mill Lane");
    const Uuid home = day.screen<DoorView>().household;
    day.act(intent::RecordOutcome{home, ContactOutcome::no_answer});
    day.act(intent::RecordOutcome{home, ContactOutcome::no_answer});
    CHECK(day.row("2 Mill Lane").words == "No answer");
}

TEST_CASE("tries at one home of one visit are one contact", "[shift]") {
    ShiftInHand day;
    day.open();
    for (const ContactOutcome outcome :
         {ContactOutcome::no_answer, ContactOutcome::call_back, ContactOutcome::no_answer})
        day.record("3 Mill Lane", outcome);
    CHECK(day.row("3 Mill Lane").words == "No answer, 3 times");
    day.act(intent::GoHome{});
    day.act(intent::OpenCounts{});
    day.act(intent::ShowPeriod{PeriodKind::day, 0});
    CHECK(day.screen<CountsView>().contacts == 1);
    CHECK(day.screen<CountsView>().visits == 1);
    day.reopen();
    day.to_door("3 Mill Lane");
    CHECK(day.screen<DoorView>().history.size() == 3);
    CHECK(day.screen<DoorView>().history.front() == "No answer, today 10:00");
}

TEST_CASE("who must not be called on says so on the row, and is not left to do", "[shift]") {
    ShiftInHand day;
    day.open();
    day.record("1 Mill Lane", ContactOutcome::do_not_return);
    day.record("2 Mill Lane", ContactOutcome::unsafe);
    CHECK(day.row("1 Mill Lane").words == "Do not return");
    CHECK(day.row("1 Mill Lane").state == DoorState::do_not_return);
    CHECK(day.row("2 Mill Lane").words == "Not safe to call");
    CHECK(day.screen<DoorsView>().left == 8);
    CHECK(day.screen<DoorsView>().next_place == "3 Mill Lane");
}

TEST_CASE("a door is asked what its visit's programme asks", "[shift]") {
    ShiftInHand doorstep;
    doorstep.open();
    doorstep.start("1 Mill Lane");
    doorstep.turn_to("concerns");

    ShiftInHand day("safe_and_well");
    day.open();
    day.start("1 Mill Lane");
    day.turn_to("visit_reason");
}

TEST_CASE("a visit of a programme that nobody set up says where it is set up", "[shift]") {
    ShiftInHand day("plate_safe");
    day.open();
    day.to_door("1 Mill Lane");
    day.act(intent::StartQuestionnaire{day.screen<DoorView>().household, {}});
    CHECK(day.notice() ==
          "No questionnaire is set for the programme \"plate_safe\" of this visit. It is set in "
          "programmes.csv of the directory.");
}

TEST_CASE("a home whose occupier does not agree to the visit has declined", "[shift]") {
    ShiftInHand day("safe_and_well");
    day.open();
    day.start("1 Mill Lane");
    day.give("respondent", "carer");
    day.give("occupier_agrees", "no");
    day.act(intent::OpenSummary{});
    day.act(intent::Finish{});
    if (!std::holds_alternative<DoorsView>(day.view().screen))
        day.act(intent::Finish{});
    CHECK(day.row("1 Mill Lane").words == "Declined");
    day.act(intent::GoHome{});
    day.act(intent::OpenCounts{});
    day.act(intent::ShowPeriod{PeriodKind::day, 0});
    CHECK(day.screen<CountsView>().questionnaires == 0);
}

TEST_CASE("what an earlier visit left as a warning stands on the next visit's row", "[shift]") {
    ShiftInHand day;
    day.open();
    day.record("1 Mill Lane", ContactOutcome::do_not_return);
    day.shift.reset();
    day.clock.advance_ms(std::int64_t{7} * 24 * 3600 * 1000);
    VisitToLoad again;
    again.folder = day.folder.path();
    again.file = day.folder.file("doors.csv");
    again.label = "SS-2026-11-28-BE";
    again.area = "BE";
    again.day = "2026-11-28";
    REQUIRE(load_visit(again, row_keys_for_tests(), day.clock, day.random).ok());
    day.open();
    day.act(intent::GoHome{});
    day.to_the_doors();
    CHECK(day.row("1 Mill Lane").words == "Do not return, since Sat 21 Nov");
    CHECK(day.row("1 Mill Lane").state == DoorState::do_not_return);
    CHECK(day.screen<DoorsView>().left == 9);
}

TEST_CASE("doors are found by the beginnings of words, whatever the case and accents", "[shift]") {
    ShiftInHand day;
    day.open();
    day.to_the_doors();
    const auto found = [&](const std::string& text) {
        day.act(intent::FindDoors{text});
        std::vector<std::string> places;
        const DoorsView& doors = day.screen<DoorsView>();
        for (const std::uint32_t at : doors.shown)
            places.push_back((*doors.rows)[at].place);
        return places;
    };
    CHECK(found("14") == std::vector<std::string>{"14 Mill Lane", "14A Mill Lane"});
    CHECK(found("MILL 14a") == std::vector<std::string>{"14A Mill Lane"});
    CHECK(found("laka").size() == 4);
    CHECK(found("ŁĄKA johns 2") == std::vector<std::string>{"2 Łąka St. John's"});
    CHECK(found("wicket") == std::vector<std::string>{"Wicket Cottage, Łąka St. John's"});
    CHECK(found("wd64ck").size() == 4);
    CHECK(found("wd6 4ck wick").size() == 1);
    CHECK(found("ill").empty());
    CHECK(found("\xff\xc3").empty());
    CHECK(found("").size() == 10);
}

TEST_CASE("filters show what they count", "[shift]") {
    ShiftInHand day;
    day.open();
    day.record("1 Mill Lane", ContactOutcome::call_back);
    day.record("2 Mill Lane", ContactOutcome::language);
    day.record("3 Mill Lane", ContactOutcome::declined);
    day.start("14 Mill Lane");
    day.act(intent::GoHome{});
    day.to_the_doors();
    const auto shown = [&](DoorFilter filter) {
        day.act(intent::FilterDoors{filter});
        return static_cast<int>(day.screen<DoorsView>().shown.size());
    };
    const DoorsView& doors = day.screen<DoorsView>();
    CHECK(doors.come_back == 2);
    CHECK(doors.not_finished == 1);
    CHECK(doors.left == 9);
    CHECK(shown(DoorFilter::to_do) == 9);
    CHECK(shown(DoorFilter::come_back) == 2);
    CHECK(shown(DoorFilter::not_finished) == 1);
    CHECK(shown(DoorFilter::done) == 0);
    CHECK(shown(DoorFilter::all) == 10);
    CHECK(day.row("2 Mill Lane").words == "With interpreter");
    CHECK(day.row("14 Mill Lane").words == "Not finished");
}

TEST_CASE("after a kill the shift stands on the same question", "[shift]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.give("household_size", "3");
    const std::string place = day.view().place;
    day.reopen();
    CHECK(day.view().place == place);
    CHECK(day.view().header.title == "14 Mill Lane");
    CHECK(day.answer_to("household_size") == Answer::given("3"));
    day.act(intent::GoHome{});
    const HomeView home = day.screen<HomeView>();
    REQUIRE(home.not_finished.size() == 1);
    CHECK(home.not_finished[0].place == "14 Mill Lane");
    CHECK(home.not_finished[0].form == "Safer Streets doorstep questionnaire");
    day.act(intent::ResumeDraft{home.not_finished[0].questionnaire});
    CHECK(day.view().place == place);
}

TEST_CASE("leaving half way asks nothing and says where it is", "[shift]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.act(intent::Back{});
    CHECK(day.screen<DoorView>().place == "14 Mill Lane");
    CHECK(day.notice() == "Saved. 14 Mill Lane is under \"Not finished\".");
    REQUIRE(day.screen<DoorView>().drafts.size() == 1);
    // Started again, the same one is gone on with.
    day.act(intent::StartQuestionnaire{day.screen<DoorView>().household, {}});
    day.act(intent::GoHome{});
    CHECK(day.screen<HomeView>().not_finished.size() == 1);
}

TEST_CASE("where one was is sealed, and what is gone is not gone back to", "[shift]") {
    ShiftInHand day;
    day.open();
    day.to_door("14 Mill Lane");
    const std::string place = day.view().place;
    day.reopen();
    CHECK(day.view().place == place);
    day.shift.reset();
    const auto kept_in = [&](const char* name) {
        std::ifstream in(day.folder.file(name), std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(in), {}};
    };
    const std::string kept = kept_in("route.sealed");
    // The id of a home is made of its address: whoever knows the one finds the other.
    for (const char* word : {"Mill", "door", "at", "id"})
        CHECK(kept.find(std::string("\"") + word) == std::string::npos);
    CHECK(kept.find(place.substr(place.find('/') + 1)) == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(day.folder.file("route.json")));
    std::string other = kept;
    other.back() = static_cast<char>(other.back() ^ 1);
    for (const std::string& broken :
         {std::string{}, std::string("{"), other, kept.substr(0, kept.size() / 2)}) {
        day.folder.write("route.sealed", broken);
        day.open();
        static_cast<void>(day.screen<HomeView>());
        day.shift.reset();
    }
}

TEST_CASE("a place that an older version kept in clear is gone with the first step", "[shift]") {
    ShiftInHand day;
    day.open();
    day.shift.reset();
    day.folder.write("route.json", "[{\"at\":\"door\",\"id\":\"00000000-0000-4000-8000-000000000009\"}]");
    day.open();
    day.to_door("14 Mill Lane");
    CHECK_FALSE(std::filesystem::exists(day.folder.file("route.json")));
}

TEST_CASE("what stands where one was, and is not there, is not gone back to", "[shift]") {
    const TemporaryFolder folder;
    const RowKeys keys = row_keys_for_tests();
    const Route route{
        Stop{}, Stop{Stop::At::questionnaire, *Uuid::parse("00000000-0000-4000-8000-000000000009"), {}}};
    REQUIRE(write_route(folder.path(), route, keys).ok());
    CHECK(read_route(folder.path(), keys) == route);
    RowKeys others;
    others.add(1, SecretBytes(std::string(RowKeys::key_size, 'o')));
    CHECK(read_route(folder.path(), others) == Route{Stop{}});
    ShiftInHand day;
    REQUIRE(write_route(day.folder.path(), route, keys).ok());
    day.open();
    static_cast<void>(day.screen<HomeView>());
}

TEST_CASE("a finished questionnaire leads back to the doors with its figures", "[shift]") {
    ShiftInHand day;
    day.open();
    day.finish_one("14 Mill Lane");
    CHECK(day.notice() == "14 Mill Lane is done. 1 referral raised.");
    CHECK(day.row("14 Mill Lane").words == "Done");
    CHECK(day.row("14 Mill Lane").state == DoorState::done);
    day.act(intent::GoHome{});
    CHECK(day.screen<HomeView>().questionnaires_today == 1);
    CHECK(day.screen<HomeView>().referrals_today == 1);
    CHECK(day.screen<HomeView>().not_finished.empty());
}

TEST_CASE("referrals that nobody decided wait, with their draft behind them", "[shift]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.give("household_size", "1");
    day.give("age_bands", "75_84");
    day.give("smoke_alarms", "none");
    day.give("smoke_alarm_accept", "supply_and_fit");
    day.act(intent::GoHome{});
    const int waiting = day.screen<HomeView>().referrals_waiting;
    CHECK(waiting >= 1);
    day.act(intent::OpenWaiting{});
    const ReferralListView list = day.screen<ReferralListView>();
    CHECK(list.waiting);
    CHECK(static_cast<int>(list.lines.size()) == waiting);
    REQUIRE(list.drafts.size() == list.lines.size());
    CHECK(list.lines[0].place == "14 Mill Lane");
    day.act(intent::ResumeDraft{list.drafts[0]});
    static_cast<void>(day.screen<PageView>());
}

TEST_CASE("text of any kind is kept and shown again", "[shift]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.give("household_size", "2");
    day.turn_to("concerns");
    day.give("concerns", "other");
    std::string longest;
    while (longest.size() < 10'000)
        longest += "Two men on Monday. ";
    for (const std::string& text :
         {longest, std::string("\xF0\x9F\x98\x80 \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9"),
          std::string("محمد بن عبد الله 12"), std::string("bell\x07 tab\t line\nend")}) {
        INFO(text.substr(0, 40));
        day.give("concern_detail", text);
        CHECK(day.notice() == "");
        CHECK(day.answer_to("concern_detail") == Answer::given(text));
        const std::string place = day.view().place;
        day.reopen();
        CHECK(day.view().place == place);
        day.turn_to("concern_detail");
        CHECK(day.answer_to("concern_detail") == Answer::given(text));
    }
}

TEST_CASE("how the screen looks is kept", "[shift]") {
    ShiftInHand day;
    day.open();
    day.act(intent::ChooseTheme{Theme::sunlight});
    day.act(intent::ChooseTextSize{140});
    CHECK(day.view().text_percent == 135);
    day.reopen();
    CHECK(day.view().theme == Theme::sunlight);
    CHECK(day.view().text_percent == 135);
    day.shift.reset();
    day.folder.write("settings.json", "{\"theme\":7,\"text_percent\":\"huge\"}");
    day.open();
    CHECK(day.view().theme == Theme::light);
    CHECK(day.view().text_percent == 100);
}

TEST_CASE("every door has a way back home", "[shift]") {
    ShiftInHand day;
    day.open();
    day.to_door("14 Mill Lane");
    day.act(intent::OpenSync{});
    day.act(intent::OpenSettings{});
    day.act(intent::OpenSync{});  // gone back to, not once more
    CHECK(std::holds_alternative<SyncView>(day.view().screen));
    day.act(intent::Back{});
    CHECK(day.screen<DoorView>().place == "14 Mill Lane");
    day.act(intent::Back{});
    day.act(intent::Back{});
    static_cast<void>(day.screen<HomeView>());
    day.act(intent::Back{});
    static_cast<void>(day.screen<HomeView>());
}

TEST_CASE("a summary that asks nothing yet is where one stands again", "[shift]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.act(intent::OpenSummary{});
    const std::string place = day.view().place;
    CHECK(place.ends_with("/summary"));
    day.shift.reset();
    day.open();
    CHECK(day.view().place == place);
    day.act(intent::PreviousPage{});
    const std::string page = day.view().place;
    CHECK(page.find("/page/") != std::string::npos);
    day.shift.reset();
    day.open();
    CHECK(day.view().place == page);
}

TEST_CASE("an outcome that stands beside a draft is not hidden by it", "[shift]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.act(intent::GoHome{});
    day.record("14 Mill Lane", ContactOutcome::no_answer);
    CHECK(day.row("14 Mill Lane").words == "No answer, not finished");
    CHECK(day.row("14 Mill Lane").state == DoorState::not_finished);
    day.to_door("14 Mill Lane");
    CHECK(day.screen<DoorView>().words == "No answer, not finished");
}
