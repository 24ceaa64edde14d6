// A disk that fails and comes back: the records are opened anew by themselves.
#include "tests/client/app/shift_in_hand.h"
#include "tests/faults/slow_disk.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

// A questionnaire in hand on a disk that can fail.
struct FailingDay {
    SlowDisk disk{std::chrono::milliseconds(0)};
    ShiftInHand day;

    FailingDay() {
        day.open();
        day.start("14 Mill Lane");
        day.give("household_size", "2");
    }
    // To the next try; how long that was.
    std::int64_t to_next_try() {
        const auto wake_ms = day.shift->wake_at_ms();
        REQUIRE(wake_ms);
        const std::int64_t pause_ms = *wake_ms - day.clock.now_ms();
        day.clock.advance_ms(pause_ms);
        day.shift->woken();
        return pause_ms;
    }
};

}  // namespace

TEST_CASE("after an error of the disk the records open by themselves, on the same question with the answer",
          "[reopening]") {
    FailingDay failing;
    ShiftInHand& day = failing.day;
    const std::string place = day.view().place;
    CHECK_FALSE(day.shift->wake_at_ms());
    failing.disk.fail(true);
    day.give("household_size", "5");
    CHECK(day.answer_to("household_size") == Answer::given("5"));
    // Nothing is taken from the screen while the disk stays as it is, and the pauses grow.
    std::vector<std::int64_t> pauses;
    for (int i = 0; i < 8; ++i) {
        pauses.push_back(failing.to_next_try());
        CHECK(day.view().place == place);
        CHECK(day.answer_to("household_size") == Answer::given("5"));
    }
    CHECK(pauses == std::vector<std::int64_t>{1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000});
    failing.disk.fail(false);
    failing.to_next_try();
    CHECK(day.view().place == place);
    CHECK(day.answer_to("household_size") == Answer::given("5"));
    CHECK(day.notice().find("works again") != std::string::npos);
    CHECK_FALSE(day.shift->wake_at_ms());
    day.reopen();
    CHECK(day.view().place == place);
    CHECK(day.answer_to("household_size") == Answer::given("5"));
}

TEST_CASE("what was tapped while the disk failed is there once at most, and work goes on", "[reopening]") {
    FailingDay failing;
    ShiftInHand& day = failing.day;
    day.act(intent::GoHome{});
    day.to_the_doors();
    day.to_door("1 Mill Lane");
    const Uuid home = day.screen<DoorView>().household;
    failing.disk.fail(true);
    day.act(intent::RecordOutcome{home, ContactOutcome::no_answer});
    failing.disk.fail(false);
    failing.to_next_try();
    CHECK_FALSE(day.shift->wake_at_ms());
    day.act(intent::GoHome{});
    day.to_the_doors();
    CHECK(day.row("1 Mill Lane").words.find("twice") == std::string::npos);
    day.record("2 Mill Lane", ContactOutcome::no_answer);
    day.reopen();
    CHECK(day.row("2 Mill Lane").words.starts_with("No answer"));
}
