// What a lock does to the questionnaire in hand, and to records that are being opened.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "client/app/handed_on.h"
#include "sync/vault/pin_shift.h"
#include "tests/client/app/tablet_at_the_door.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

// No file of this process grows beyond a page, which no page of the log fits in: the disk is
// full for the records, and memory that is as small as an answer is not.
struct FullDisk {
    FullDisk() {
        REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
        former = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit a_page{4096, before.rlim_max};
        REQUIRE(setrlimit(RLIMIT_FSIZE, &a_page) == 0);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, former);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    rlimit before{};
    void (*former)(int) = nullptr;
};

// Records behind a thread of their own that is not asked how far it has come.
struct StillOpening : TabletAtTheDoor {
    StillOpening() {
        set_up();
        give_street();
        news = [] {};
        begin();
        act(intent::SignIn{slot_of("off-pol-01"), typed(lead_words)});
        act(intent::ChoosePin{typed(shift_pin)});
        REQUIRE(shift->is_opening());
    }
    void wait_until_open() {
        for (int tries = 0; shift->is_opening() && tries < 10'000; ++tries) {
            shift->woken();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        REQUIRE_FALSE(shift->is_opening());
    }
};

}  // namespace

TEST_CASE("a lock seals the officer's page, and one comes back to the same question", "[lock][restricted]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.give_street();
    tablet.begin();
    tablet.come_in();
    tablet.to_the_questionnaire();
    const std::string page = tablet.view().place;
    tablet.act(intent::OpenOfficersPage{});
    const QuestionItem concern = tablet.question("officer_concern");
    tablet.act(intent::GiveAnswer{concern.question.node, Answer::given(concern.choices.at(0).value), true});
    INFO(tablet.notice());
    REQUIRE(tablet.question("officer_concern").question.answer.kind == AnswerKind::given);
    tablet.lock();
    tablet.act(intent::UnlockByPin{typed(shift_pin)});
    CHECK(tablet.view().place == page);
    tablet.act(intent::OpenOfficersPage{});
    CHECK(tablet.question("officer_concern").question.answer.kind == AnswerKind::sealed);
}

TEST_CASE("what the disk refuses goes over a lock in sealed memory, and is saved when there is room",
          "[lock][full]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.give_street();
    tablet.begin();
    tablet.come_in();
    tablet.to_the_questionnaire();
    const std::string page = tablet.view().place;
    const std::string name = tablet.screen<PageView>().items.at(0).question.name;
    const Answer answer = {AnswerKind::prefer_not, {}};
    {
        const FullDisk full;
        tablet.act(intent::GiveAnswer{tablet.question(name).question.node, answer});
        CHECK(tablet.question(name).not_saved);
        CHECK(tablet.screen<PageView>().saved.find("1 answer is not saved yet.") == 0);
        CHECK(tablet.screen<PageView>().saved.find("switched off") != std::string::npos);
        // The tablet goes to sleep and waits for nobody: locked at the first call.
        tablet.lock();
        REQUIRE(tablet.screen<SignInView>().by_pin);
    }
    tablet.act(intent::UnlockByPin{typed(shift_pin)});
    CHECK(tablet.notice().find("It is saved now.") != std::string::npos);
    CHECK(tablet.view().place == page);
    CHECK(tablet.question(name).question.answer == answer);
    CHECK_FALSE(tablet.question(name).not_saved);
    // On the disk: another process finds it too.
    tablet.begin();
    tablet.come_in();
    CHECK(tablet.question(name).question.answer == answer);
}

TEST_CASE("answers over a lock are opened by the keys of the tablet and by no others", "[lock]") {
    const RowKeys keys = row_keys_for_tests();
    const std::vector<UnsavedLines> unsaved{{Uuid{}, {"the first line", "the second"}, 1, "14 Mill Lane"}};
    const auto number = hand_on(unsaved, keys);
    REQUIRE(number.ok());
    const auto found = handed_on(*number, keys);
    REQUIRE(found.ok());
    CHECK(found->at(0).lines == unsaved[0].lines);
    CHECK(found->at(0).place == "14 Mill Lane");
    const auto bytes = memory_at(*number);
    REQUIRE(bytes.ok());
    CHECK(bytes->find("the first line") == std::string::npos);
    RowKeys others;
    others.add(1, SecretBytes(std::string(RowKeys::key_size, 'o')));
    CHECK(handed_on(*number, others).error().fault == Fault::damaged);
    ::close(*number);
    CHECK_FALSE(handed_on(*number, keys).ok());
}

TEST_CASE("a lock while the records are being opened stops it, leaves nothing, and they open again",
          "[lock]") {
    StillOpening tablet;
    SECTION("by the officer") {
        tablet.lock();
        tablet.act(intent::UnlockByPin{typed(shift_pin)});
    }
    SECTION("while somebody searches what there is of them") {
        tablet.act(intent::FindHomes{"mill"});
        tablet.lock();
        tablet.act(intent::UnlockByPin{typed(shift_pin)});
    }
    SECTION("for another officer") {
        tablet.lock(intent::SwitchOfficer{});
        CHECK_FALSE(tablet.screen<SignInView>().by_pin);
        tablet.come_in();
    }
    CHECK(tablet.view().open);
    tablet.wait_until_open();
    CHECK(tablet.screen<HomeView>().visits.size() == 1);
}

TEST_CASE("a locked process that was opening its records holds none of them", "[lock]") {
    StillOpening tablet;
    tablet.act(intent::LockNow{});
    REQUIRE(tablet.view().begin_anew.has_value());
    tablet.number = *tablet.view().begin_anew;
    CHECK_FALSE(tablet.view().open);
    CHECK_FALSE(tablet.shift->is_opening());
    // Whoever still calls, the worker's last news among them, finds nothing to go on with.
    tablet.shift->woken();
    tablet.act(intent::FindHomes{"mill"});
    CHECK_FALSE(std::holds_alternative<HomesView>(tablet.view().screen));
    CHECK_FALSE(tablet.view().open);
}
