// A disk that fails and comes back: the records are opened anew by themselves.
#include <algorithm>

#include "tests/client/app/tablet_at_the_door.h"
#include "tests/faults/slow_disk.h"
#include "tests/support/only_to_read.h"

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

TEST_CASE("on a disk that only reads nobody signs in, it is said why, and the way out is there",
          "[reopening][read-only]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.lock();
    tablet.shift.reset();
    {
        const OnlyToRead mount(tablet.folder.file("data"));
        if (!mount.works()) {
            WARN("SKIPPED: a mount that can only be read needs root");
            return;
        }
        tablet.begin();
        const auto& page = tablet.screen<TroubleView>();
        CHECK(page.title == "Nobody can sign in on this tablet now");
        CHECK(page.what.find("counted") != std::string::npos);
        CHECK(page.mend.find("without signing in") != std::string::npos);
        CHECK(page.kept.find("kept") != std::string::npos);
        CHECK_FALSE(page.can_mend);
        tablet.act(intent::TryAgain{});
        CHECK(tablet.screen<TroubleView>().title == page.title);
        tablet.shift.reset();
    }
    tablet.begin();
    CHECK(std::holds_alternative<SignInView>(tablet.view().screen));
    {
        // It turned so while the page was in sight: no try is made of what is typed.
        const OnlyToRead mount(tablet.folder.file("data"));
        const Uuid slot = tablet.slot_of("off-pol-01");
        tablet.act(intent::SignIn{slot, typed(lead_words)});
        CHECK(tablet.screen<TroubleView>().title == "Nobody can sign in on this tablet now");
    }
    tablet.act(intent::TryAgain{});
    CHECK(std::holds_alternative<SignInView>(tablet.view().screen));
}
