// A tablet with a real vault and a real folder; each begin() is a new process on it.
#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/shift.h"
#include "sync/vault/boot_time.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/support/temporary_folder.h"

namespace doorstep::test {

constexpr PasswordCost quick{1, 64};
constexpr const char* lead_words = "marble otter dusk";
constexpr const char* shift_pin = "481502";

decltype(intent::SignIn::passphrase) typed(std::string_view text);

struct TabletAtTheDoor {
    TabletAtTheDoor();
    ~TabletAtTheDoor();
    TabletAtTheDoor(const TabletAtTheDoor&) = delete;
    TabletAtTheDoor& operator=(const TabletAtTheDoor&) = delete;

    void enrol();  // under an endpoint that nobody reaches
    void begin();
    // Enrolled, its first team lead inside with a PIN.
    void set_up();
    // One visit with one door, 14 Mill Lane.  REQUIRES: set up, and no process has it open.
    void give_street();
    void act(const Intent& intent) { shift->act(intent); }
    // Locks, as the program does, and begins anew.
    void lock(const Intent& how = intent::LockNow{});
    void come_in();  // by passphrase, with a new PIN where one is asked for
    void to_the_questionnaire();
    const View& view() const { return *shift->view(); }
    std::string notice() const { return view().notice ? view().notice->words : std::string{}; }
    template<class Screen>
    const Screen& screen() const {
        INFO(view().place << ": " << notice());
        REQUIRE(std::holds_alternative<Screen>(view().screen));
        return std::get<Screen>(view().screen);
    }
    const QuestionItem& question(const std::string& name) const;
    Uuid slot_of(const std::string& name) const;

    TemporaryFolder folder;
    ManualClock clock{saturday_at_ten, 0};
    ManualBootTime boot;
    SeededRandom random{5};
    std::optional<Wordings> wordings;
    std::function<void()> news;  // then the records are opened by a thread of their own
    int number = -1;
    int unsaved = -1;
    std::vector<std::shared_ptr<const View>> seen;
    std::unique_ptr<Shift> shift;
};

}  // namespace doorstep::test
