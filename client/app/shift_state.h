// What a shift holds; shared by the files of the shift.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/app/entrance.h"
#include "client/app/homes.h"
#include "client/app/line_file.h"
#include "client/app/look.h"
#include "client/app/route.h"
#include "client/app/shift.h"
#include "client/app/sitting.h"
#include "client/app/street.h"
#include "forms/desk/package.h"
#include "sync/report/lists.h"
#include "sync/store/mend_store.h"
#include "sync/store/retention.h"
#include "sync/store/sql_connection.h"
#include "sync/store/store.h"
#include "sync/tablet/parcel_folder.h"

namespace doorstep {

// A draft as lists show it.
struct KnownDraft {
    DraftHeader header;
    std::optional<Door> door;  // nothing when its head is damaged
    std::string place;
    std::string form;
    std::string trouble;               // why it cannot be opened; empty
    std::vector<std::string> waiting;  // agencies whose referral is undecided
};

struct Shift::State {
    State(ShiftOptions options_, const Clock& clock_, Random& random_, const Wordings& wordings_,
          Publish publish_)
        : options(std::move(options_)), clock(clock_), random(random_), wordings(wordings_),
          publish(std::move(publish_)), words(wordings.of("en")) {}

    // What is taken back by the notice in sight.
    struct Undoing {
        std::uint64_t token = 0;
        Door door;
        Uuid fact;
    };
    // The records while they are being opened.
    struct Opening {
        std::unique_ptr<OpenedTablet> tablet;
        std::int64_t page_at_ms = 0;  // of the clock; 0: the find page is in sight
        bool stays = false;           // somebody searches: that page stays
        Uuid tapped;                  // is opened as soon as it can be
        std::size_t shown = 0;        // homes that the page in sight was drawn from
    };
    // What has to be read: it stays, wherever one is, until it is dismissed.
    struct ToRead {
        std::shared_ptr<const Notice> notice;
        std::int64_t number = 0;
        bool of_mending = false;
    };
    struct FindingHomes {
        std::string text;
        Uuid chosen;  // on no visit of this tablet, and tapped
        std::shared_ptr<const std::vector<HomeRow>> rows;
        std::string more;
        bool stale = true;             // rows and more are
        bool with_visits = false;      // the doors of visits are among what is searched
        std::int64_t go_on_at_ms = 0;  // the next step of reading addresses; 0: none
    };
    struct CountsInHand {
        PeriodKind kind = PeriodKind::month;
        Period period;
        std::string column_set;  // code
        bool chosen = false;     // by the officer
        std::string trouble;
    };

    ShiftOptions options;
    SystemBootTime own_boot{};
    const Clock& clock;
    Random& random;
    const Wordings& wordings;
    Publish publish;
    const Wording& words;

    // In the order in which they depend on each other.
    std::optional<Entrance> entrance{};  // none where the keys were given
    std::unique_ptr<OpenedTablet> tablet{};
    SqlConnection* sql = nullptr;  // of the tablet, as long as it is open
    Store* store = nullptr;
    // While it is locked: to send and receive.
    std::unique_ptr<SqlConnection> locked_sql{};
    std::optional<Store> locked_store{};
    Store* sync_store = nullptr;  // of the two, the one that is open
    Library library{};
    // What the centre published; nothing before the enrolment.
    std::optional<ParcelFolder> parcels{};
    bool library_is_old = false;     // something of it came since
    bool addresses_are_old = false;  // as above
    std::optional<Casework> casework{};
    std::optional<Sitting> sitting{};
    std::optional<TroubleView> trouble{};
    bool started = false;
    bool begins_anew = false;    // the officer said so, of a tablet whose records are gone
    std::optional<int> ended{};  // locked: what View::begin_anew says
    // Answers that the disk refused, of questionnaires that are not in hand: tried again, and
    // handed on by each lock.  Their draft opens when they are in it.
    std::vector<UnsavedLines> unsaved{};
    bool told_of_disk = false;
    // The lock screen changes by itself then.  Since the machine was started, as tries are
    // counted: a clock that is set back makes nobody wait longer.  0: it does not.
    std::int64_t look_again_boot_ms = 0;
    std::int64_t reopen_at_ms = 0;      // the disk failed; 0: it did not
    std::int64_t reopen_pause_ms = 0;   // grows with each try
    std::optional<Route> comes_back{};  // where one was when it did
    std::int64_t seal_at_ms = 0;        // more rows to the newest key; 0: nothing is left

    Look look{};
    Route route{Stop{}};
    Route kept_route{};  // as on disk
    bool told_of_route = false;
    DoorFilter filter = DoorFilter::all;
    std::string find{};
    CountsInHand counting{};
    Homes homes{};
    FindingHomes finding{};
    std::optional<Opening> opening{};

    std::vector<PlannedVisitRow> visits{};
    std::set<Uuid> walked{};  // visits whose doors this tablet was given
    HomeWarnings warnings{};
    NotesByHome known_notes{};
    std::uint64_t notes_saved = 0;     // here, since the start
    std::map<Uuid, Street> streets{};  // by visit, as they are needed
    std::vector<KnownDraft> drafts{};

    std::uint64_t published = 0;
    std::shared_ptr<const View> latest{};
    std::shared_ptr<const Notice> notice{};
    std::int64_t notices = 0;
    std::deque<ToRead> to_read{};  // the first one shows where no notice of the moment does
    std::optional<Undoing> undoing{};
    std::uint64_t tokens = 0;  // the highest bit is the sitting's

    std::optional<TabletIdentity> identity{};
    std::optional<Retention> retention{};
    std::optional<SyncEngine> engine{};
    std::vector<SendRequest> requests{};
    std::int64_t wake_at_ms = 0;  // 0: nothing is planned
    std::uint64_t unsent_at_start = 0;
    SyncPosition position{};
    std::uint64_t pictures_waiting = 0;  // signatures and photos of what was finished
    std::vector<wire::Quarantined> set_aside{};
    bool facts_came = false;  // from elsewhere; what was read before is stale
    Around surroundings{};
    LineNotes notes{};
    bool notes_changed = false;
    bool was_up_to_date = false;
    SyncTrouble trouble_now = SyncTrouble::none;
    bool left_meanwhile = false;        // the officer who is signed in, by the centre's word
    std::int64_t look_again_ms = 0;     // on charge, for what the endpoint has new; 0: not on charge
    std::int64_t oldest_unsent_ms = 0;  // 0: nothing waits, or locked
    std::uint64_t to_pull_at_start = 0;
    std::uint64_t proxy_saved = 0;
    std::string proxy_trouble{};

    // --- the way in and out (coming_in.cpp)
    const BootTime& boot() const { return options.boot ? *options.boot : own_boot; }
    std::optional<std::int64_t> look_again_in_ms() const;
    void come_in();  // after each step at the entrance: opens the records when it is time
    bool outside() const { return entrance && entrance->stands() != Entrance::Stands::inside; }
    void enter(const Intent& intent);
    void look_at_joining();
    void lock(bool forget_pin);
    Result<void> hand_on_unsaved();
    void take_over_unsaved();
    // Whether all of it is kept; what has no questionnaire any more is told.
    Result<bool> save_unsaved();
    void save_unsaved_and_tell();
    void open_locked_line();
    void close_locked_line();
    Result<void> take_over_identity();
    void seal_some_anew();
    void erase_when_due();  // erasing.cpp
    void tell_of_disk();

    // --- a disk that failed, or only reads (reopening.cpp)
    void look_at_disk();
    void reopen_later();  // and later still the next time
    void reopen();
    void come_back();
    bool nobody_can_try();  // and the page says so

    // --- what cannot be opened (mending.cpp)
    Result<RowKeys> row_keys() const;
    std::vector<Stick> sticks() const;
    Result<void> write_rescue_to(const std::string& file);
    Result<void> rescued_beside(const TabletPlaces& places, const std::string& file);
    std::optional<MendReport> mended() const;
    void tell_of_mending();
    void be_in_trouble(const Error& error);
    void operator()(const intent::MendRecords&);
    void operator()(const intent::ViewRecords&);
    void operator()(const intent::WriteRescue& said);

    // --- opening (opening.cpp)
    void open();
    void open_records(RowKeys keys);
    void go_on_opening();  // with what was read since
    Result<void> put_identity_by();
    bool is_worth_showing() const;
    void wait_for_opening();
    void opened();
    void act_while_opening(const Intent& intent);
    Result<void> take_over_store();
    Result<void> read_all();  // visits, warnings, drafts
    void close_store();
    void return_to(const Route& before);
    bool stand_again(const Stop& place);
    void keep_route();

    // --- acting (shift.cpp, acting.cpp)
    void act(const Intent& intent);
    void for_sitting(const Intent& intent);
    void finished(const Finished& done, const std::string& title);
    void leave_sitting();  // keeps what is on the officer's page; the draft stays
    void put_away();       // and its place is left
    void go_to(Stop place);
    void back();
    void go_home();
    bool at(Stop::At where) const { return route.back().at == where; }
    void say(Notice::Kind kind, std::string said, std::uint64_t undo = 0);
    void say(const Error& error) { say(Notice::Kind::trouble, error.text()); }
    // For what nobody may miss; said once however often it is come to.
    void say_until_read(Notice::Kind kind, std::string said, bool of_mending = false);
    // A failure becomes a notice; whether all went well.
    bool told(const Result<void>& outcome);
    void show();  // publishes what is in sight now

    void operator()(const intent::Back&) { back(); }
    void operator()(const intent::GoHome&) { go_home(); }
    void operator()(const intent::OpenVisit& said);
    void operator()(const intent::OpenDoor& said);
    void operator()(const intent::OpenCounts&);
    void operator()(const intent::OpenReferralList& said);
    void operator()(const intent::OpenWaiting&) { go_to({Stop::At::waiting, {}, {}}); }
    void operator()(const intent::OpenSync&) {
        proxy_trouble.clear();
        go_to({Stop::At::sync, {}, {}});
    }
    void operator()(const intent::OpenSettings&) { go_to({Stop::At::settings, {}, {}}); }
    void operator()(const intent::FilterDoors& said) { filter = said.filter; }
    void operator()(const intent::FindDoors& said) { find = said.text; }
    void operator()(const intent::RecordOutcome& said);
    void operator()(const intent::NoteHome& said);  // noting.cpp
    void operator()(const intent::Undo& said);
    void operator()(const intent::DismissNotice&);
    void operator()(const intent::StartQuestionnaire& said);
    void operator()(const intent::ResumeDraft& said);
    void operator()(const intent::ShowPeriod& said);
    void operator()(const intent::ShowDays& said);
    void operator()(const intent::ShowColumnSet& said);
    void operator()(const intent::WithdrawReferral& said);
    void operator()(const intent::SyncNow&) { sync_now(); }
    void operator()(const intent::ChooseTheme& said);
    void operator()(const intent::ChooseTextSize& said);
    void operator()(const intent::TryAgain&) {}
    void operator()(const intent::LockNow&) { lock(false); }
    void operator()(const intent::SwitchOfficer&) { lock(true); }
    void operator()(const intent::OpenOfficers&);
    void operator()(const intent::AddOfficer& said);
    void operator()(const intent::NewPassphrase& said);
    void operator()(const intent::RemoveOfficer& said);
    void operator()(const intent::RenewLicence& said);
    // What is for a sitting, and came when none was in hand: said twice, most likely.
    template<class ForSitting>
    void operator()(const ForSitting&) {}

    // --- doors (doors.cpp)
    Result<Street*> street(const Uuid& visit);
    const PlannedVisitRow* visit(const Uuid& id) const;
    std::optional<Uuid> visit_in_hand() const;  // of the doors below where one is
    Result<void> read_drafts();
    void refresh(const Uuid& visit, const Uuid& household);
    std::map<Uuid, Uuid> drafts_of(const Uuid& visit) const;
    Result<Door> door_at(const Uuid& visit, const Uuid& household);
    const KnownDraft* draft(const Uuid& questionnaire) const;
    void sit_down(OpenQuestionnaire open, const std::string& place);
    std::shared_ptr<const FormDefinition> form_for(const PlannedVisitRow& visit, std::string& why_not) const;
    std::string version_begun_with(const Uuid& visit, const std::string& form) const;  // empty: none

    Result<void> read_notes();  // noting.cpp

    // --- any home (homes_page.cpp)
    void operator()(const intent::OpenHomes&);
    void operator()(const intent::FindHomes& said);
    void operator()(const intent::OpenHome& said);
    void operator()(const intent::AddHome& said);
    HomesView homes_view();
    void read_home_rows();
    HomeRow home_row(const KnownHome& home);
    void read_addresses_on();
    const PlannedVisitRow* visit_with(const Uuid& household);
    const PlannedVisitRow* visit_today(const std::string& area);
    Result<void> add_to(const PlannedVisitRow& visit, const KnownHome& home);
    void open_door_of(const Uuid& visit, const Uuid& household);

    // --- sync (line.cpp)
    void begin_sync();
    void read_identity_and_aside();
    void take(const wire::TabletLicence& licence);
    void end_sign_ins(const std::vector<std::string>& officers);
    void step(const Event& event);
    void sync_now();
    void sync_by_itself();
    void facts_kept();
    void around(const Around& now);
    // Now, by the endpoint's clock where it told its time: days are counted by it, since a tablet's clock
    // may be set by years.
    std::int64_t endpoint_now_ms() const;
    ToldTime told_time_after(const ToldTime& before, std::int64_t endpoint_ms) const;
    void let_some_go();  // what was kept long enough (sync/store/retention.h)
    void follow_line();  // after each step of the engine: how it went is noted
    void keep_notes();
    void operator()(const intent::SetProxy& said);
    Result<void> set_proxy(const intent::SetProxy& said);
    std::uint64_t unsent() const { return position.last_sequence - position.acked_through; }
    void read_position();

    // --- what the centre published (published_data.cpp)
    void look_for_parcels();
    void read_library();
    void parcels_came();
    void follow_parcels();
    void take_addresses();
    std::string published_words() const;

    // --- what screens read
    View view();
    void show_place(View& now);  // where one is
    HeaderView header() const;
    // line_words.cpp
    std::string header_words() const;  // what waits, since when
    std::string header_more() const;   // what somebody must look at
    std::string locked_words() const;
    std::string not_backed_up(bool in_header) const;
    bool sync_needs_look() const;
    SyncView::What sync_stands_at() const;
    HomeView home_view();  // home.cpp
    std::vector<const PlannedVisitRow*> visits_at_home() const;
    DoorsView doors_view();             // doors.cpp
    DoorView door_view();               // door_page.cpp
    CountsView counts_view();           // counts_page.cpp
    ReferralListView referrals_view();  // referral_lists.cpp
    ReferralListView waiting_view();
    SyncView sync_view();  // sync_page.cpp
    void tell_trouble(SyncView& view) const;
    void tell_progress(SyncView& view) const;
    void tell_times(SyncView& view) const;
    ProxyView proxy_view() const;
    std::string home_sync_words() const;
    SettingsView settings_view() const;
    std::string agency_name(const std::string& code) const;
    const ColumnSet* column_set() const;
    void follow_period();
    int referrals_waiting() const;
};

}  // namespace doorstep
