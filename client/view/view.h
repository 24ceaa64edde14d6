// What a screen reads: immutable, published by the writer thread as
// shared_ptr<const View>, swapped at the start of a frame.
//
// Every string is ready to be shown, in the officer's language, but for labels of
// the form, which are in the language spoken at the door.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "client/view/counts_view.h"
#include "client/view/doors_view.h"
#include "client/view/home_view.h"
#include "client/view/homes_view.h"
#include "client/view/questionnaire_view.h"
#include "client/view/sign_in_view.h"
#include "client/view/summary_view.h"
#include "client/view/sync_view.h"

namespace doorstep {

// In the header of every screen.
struct HeaderView {
    std::string title;             // "14 Mill Lane"; never a resident's name
    std::string sync_words;        // "3 to send, oldest 10:42", "All sent 17:05"
    bool sync_needs_look = false;  // something was set aside, or somebody must do something
    bool can_go_back = true;
    std::string sync_more = {};  // beside it: "1 not accepted, set the clock"; empty
};

// One line above everything, until dismissed or replaced.
struct Notice {
    enum class Kind : std::uint8_t { done, trouble } kind = Kind::done;
    std::string words;       // "No answer at 14 Mill Lane." or what went wrong and what to do
    std::uint64_t undo = 0;  // token for intent::Undo; 0: nothing to undo
};

struct SettingsView {
    std::string tablet;    // "tab-01"
    std::string endpoint;  // address
    std::string version;   // of Doorstep
    std::string officer;   // who is signed in; empty: nobody, and there is nothing to lock
};

// The store cannot be opened, or a form cannot be loaded: what is wrong, what to do,
// what is kept.  With `can_go_on` the rest of the app works.
struct TroubleView {
    std::string title;  // "This tablet cannot open its records"
    std::string what;
    std::string mend;
    std::string kept;  // "Nothing was changed."
    bool can_go_on = false;
    bool can_mend = false;  // intent::MendRecords: what is whole can be saved
    bool can_view = false;  // intent::ViewRecords
    // Where what was not sent can be written (intent::WriteRescue); empty: no stick is in.
    std::vector<Stick> sticks = {};
};

struct StartingView {};  // before the store is open: the very first frame

struct View {
    std::uint64_t number = 0;  // rises with every publication
    HeaderView header;
    std::string place;  // the route as one word with its ids: "door/<uuid>"; keys the locals of screens
    Theme theme = Theme::light;
    int text_percent = 100;
    bool open = false;  // the vault is: there is something to lock
    // Everything is put away and locked: the process is to begin anew, and to hand on the
    // memory of this number, which the PIN opens (-1: none).
    std::optional<int> begin_anew = std::nullopt;
    // Beside it: the memory of this number, with answers that the disk refused (-1: none).
    int unsaved = -1;
    std::int64_t notice_number = 0;  // a new one each time
    std::shared_ptr<const Notice> notice;
    std::variant<StartingView, TroubleView, HomeView, DoorsView, DoorView, PageView, ResidentView,
                 SummaryView, CountsView, ReferralListView, SyncView, SettingsView, SetUpView, SignInView,
                 ChoosePinView, OpeningView, OfficersView, HomesView>
        screen;
};

}  // namespace doorstep
