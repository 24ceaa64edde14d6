// The questionnaire in hand: its pages, the officer's page, the page turned to the
// resident, the closing page.  Turns intents into casework, and casework into views.
//
// Part of the shift, on its thread.  What act() returns ok for is on disk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/app/handed_on.h"
#include "client/casework/casework.h"
#include "client/view/intent.h"
#include "client/view/view.h"
#include "client/wording/wording.h"

namespace doorstep {

using SittingScreen = std::variant<PageView, ResidentView, SummaryView>;

// What an intent led to, beside a new screen.
struct SittingTold {
    bool left = false;                     // the questionnaire was put away (Back from any of its pages)
    std::optional<Finished> finished;      // it is in the log; the sitting is over
    std::shared_ptr<const Notice> notice;  // "Referral to the fire service dropped.", with its undo token
};

class Sitting {
public:
    // All but `open` must outlive it.  Stands on the page of open.position(), else on the first.
    // `place` is the door as a title: "14 Mill Lane".
    Sitting(OpenQuestionnaire open, const Library& library, const Clock& clock, const Wordings& wordings,
            std::string place);
    Sitting(Sitting&&) noexcept;
    ~Sitting();

    // Which intents are for a sitting: Back, GiveAnswer ... SetOffer, Finish, and Undo of what
    // a sitting offered: their tokens have the highest bit set, all others must not.
    static bool takes(const Intent& intent);
    // Errors in words for the officer; nothing is lost: what was typed stays on the screen as given
    // and is tried again with each further act.
    // Finish with referrals that nobody decided says so once, and goes on when it is said again.
    Result<SittingTold> act(const Intent& intent);
    // Before a sitting ends by another way than left or finished: seals the officer's page
    // and tries the disk once more.  An error says what is not saved and would go; said
    // once, the next call lets it go.
    Result<void> leave();
    // What the disk has not taken, for who takes it elsewhere; no lines: nothing.
    UnsavedLines unsaved();
    // Called during act(), after the rules have run and before the disk has answered.
    void on_settled(std::function<void()> settled);

    SittingScreen screen() const;
    bool at_summary() const;    // or on the officer's page that was opened from it
    std::string place() const;  // "questionnaire/<uuid>/page/4", "…/summary", "…/officer", "…/resident"
    std::string title() const;  // "14 Mill Lane"
    bool on_officers_page() const;
    const OpenQuestionnaire& questionnaire() const;
    int referrals_waiting() const;  // open decisions

    struct State;  // of this room only

private:
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
