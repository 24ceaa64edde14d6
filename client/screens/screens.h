// Every screen: a free function that draws what the view says and says what the officer
// did.  No I/O, no clock, no globals.  `Local` is what only that screen knows.
#pragma once

#include <map>
#include <string>

#include "client/ui/field.h"
#include "client/ui/ui.h"
#include "client/view/intent.h"
#include "client/view/view.h"

namespace doorstep::screens {

// A passphrase typed twice; the typed itself stands in the stage (Ui::hidden).
struct PassphraseTwice {
    std::string trouble;  // what the last try met with
};
struct DoorsLocal {
    FieldLocal find;
    bool finding = false;
};
// A note on the home that is being written.
struct DoorLocal {
    bool noting = false;
    HomeNoteKind kind = HomeNoteKind::hazard;
    FieldLocal text;
    std::string filled;       // what was put into it
    std::vector<Uuid> shown;  // HomeNoteView::shown when the kind was chosen
    bool no_longer = false;   // asked whether to take the note back
    std::uint64_t saved = 0;  // DoorView::notes_saved when it was begun
    bool kept = false;        // just now: what is known comes into sight
};
struct HomesLocal {
    FieldLocal find;
};
// What is being typed or unfolded at questions, by path.
struct AnswersLocal {
    std::map<std::string, FieldLocal> fields;
    std::map<std::string, DateLocal> dates;
    std::map<std::string, bool> unfolded;
    NodeRef stood_on;  // last said, until the view agrees
};
struct PageLocal {
    AnswersLocal answers;
    bool choosing_language = false;
    bool shown = false;                  // the question in hand was brought into sight
    int errors_seen = 0;                 // so that a new one is brought into sight once
    std::map<std::string, bool> by_law;  // by rule: a reason in law is being written
    std::map<std::string, FieldLocal> reasons;
};
struct ResidentLocal {
    std::size_t thought = 0;  // the one in sight, where there are several
};
struct SummaryLocal {
    AnswersLocal answers;
    std::map<std::string, FieldLocal> fields;
    std::string adding_agency;  // its reason is being written
    bool choosing_agency = false;
    bool choosing_offer = false;
    bool finishing = false;       // asked whether to, although something is missing
    bool show_undecided = false;  // the first open card is to come into sight
    bool choosing_language = false;
    std::map<std::string, bool> unfolded;         // "shares/fire", "more/fire"
    std::map<std::string, std::string> given_by;  // by agency; the resident where nothing stands
};
struct CountsLocal {
    bool as_table = false;
    bool choosing_columns = false;
    DateLocal from, to;
    std::string from_value, to_value;  // "2026-11-21"; as typed, not yet shown
    std::string period;                // the one they were taken from
};
struct ReferralListLocal {
    std::string withdrawing;  // id of the referral whose reason is being written
    FieldLocal reason;
};

// The settings of the proxy while somebody changes them; its password stands in the stage.
struct SyncLocal {
    bool proxy_open = false;
    ProxyWay way = ProxyWay::none;
    FieldLocal address, name;
    std::uint64_t saved = 0;  // ProxyView::saved when they were opened
};
struct SignInLocal {
    Uuid asked;  // whose passphrase field has been opened
};
struct ChoosePinLocal {
    bool again = false;    // the second time
    std::string trouble;   // of what was typed here
    std::string answered;  // the app's trouble that this page has gone back to the start for
};
struct SetUpLocal {
    FieldLocal address;    // of the centre
    FieldLocal join_code;  // by which it lets the tablet in
    FieldLocal code;       // the first team lead's
    PassphraseTwice passphrase;
};
struct OfficersLocal {
    enum class Form : std::uint8_t { none, add, passphrase } form = Form::none;
    Uuid open;              // whose row is unfolded
    bool removing = false;  // asked once
    FieldLocal code;
    bool lead = false;
    PassphraseTwice passphrase;
};

void starting(Ui& ui, const View& view, Intents& intents);
void trouble(Ui& ui, const View& view, const TroubleView& trouble, Intents& intents);
void home(Ui& ui, const View& view, const HomeView& home, Intents& intents);
void doors(Ui& ui, const View& view, const DoorsView& doors, DoorsLocal& local, Intents& intents);
void homes(Ui& ui, const View& view, const HomesView& homes, HomesLocal& local, Intents& intents);
void door(Ui& ui, const View& view, const DoorView& door, DoorLocal& local, Intents& intents);
void question_page(Ui& ui, const View& view, const PageView& page, PageLocal& local, Intents& intents);
void resident(Ui& ui, const View& view, const ResidentView& resident, ResidentLocal& local, Intents& intents);
void summary(Ui& ui, const View& view, const SummaryView& summary, SummaryLocal& local, Intents& intents);
void counts(Ui& ui, const View& view, const CountsView& counts, CountsLocal& local, Intents& intents);
void referral_list(Ui& ui, const View& view, const ReferralListView& list, ReferralListLocal& local,
                   Intents& intents);
void sync(Ui& ui, const View& view, const SyncView& sync, SyncLocal& local, Intents& intents);
void settings(Ui& ui, const View& view, const SettingsView& settings, Intents& intents);
void set_up(Ui& ui, const View& view, const SetUpView& set_up, SetUpLocal& local, Intents& intents);
void sign_in(Ui& ui, const View& view, const SignInView& sign_in, SignInLocal& local, Intents& intents);
void choose_pin(Ui& ui, const View& view, const ChoosePinView& choose, ChoosePinLocal& local,
                Intents& intents);
void opening(Ui& ui, const View& view, const OpeningView& opening, Intents& intents);
void officers(Ui& ui, const View& view, const OfficersView& officers, OfficersLocal& local, Intents& intents);

// The locals of the screen in sight; a new place begins with empty ones.
class Locals {
public:
    template<class Local>
    Local& of(const std::string& place);  // defined in screens.cpp for the types above

private:
    std::map<std::string, DoorsLocal> doors_;
    std::map<std::string, DoorLocal> one_door_;
    std::map<std::string, HomesLocal> homes_;
    std::map<std::string, PageLocal> pages_;
    std::map<std::string, ResidentLocal> residents_;
    std::map<std::string, SummaryLocal> summaries_;
    std::map<std::string, CountsLocal> counts_;
    std::map<std::string, ReferralListLocal> lists_;
    std::map<std::string, SyncLocal> syncs_;
    std::map<std::string, SignInLocal> sign_ins_;
    std::map<std::string, ChoosePinLocal> pins_;
    std::map<std::string, SetUpLocal> set_ups_;
    std::map<std::string, OfficersLocal> officers_;
};

// Draws the screen that the view holds.
void draw(Ui& ui, const View& view, Locals& locals, Intents& intents);

}  // namespace doorstep::screens
