// The shift at the entrance and at the lock: who comes in gets the records opened, who
// goes leaves nothing behind.
#include <unistd.h>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"
#include "client/app/taking_over.h"
#include "sync/store/identity_file.h"
#include "sync/store/locked_connection.h"

namespace doorstep {

namespace {

// Steps at the entrance; all others wait until somebody is inside.
template<class Said>
constexpr bool at_the_entrance =
    std::is_same_v<Said, intent::JoinByCode> || std::is_same_v<Said, intent::CentreWords> ||
    std::is_same_v<Said, intent::StopJoining> || std::is_same_v<Said, intent::SetUp> ||
    std::is_same_v<Said, intent::ChoosePerson> || std::is_same_v<Said, intent::SignIn> ||
    std::is_same_v<Said, intent::UnlockByPin> || std::is_same_v<Said, intent::ChoosePin> ||
    std::is_same_v<Said, intent::WithoutPin> || std::is_same_v<Said, intent::RenewLicence>;

}  // namespace

void Shift::State::enter(const Intent& intent) {
    std::visit(
        [this](const auto& said) {
            using Said = std::decay_t<decltype(said)>;
            if constexpr (at_the_entrance<Said>)
                entrance->act(said);
            else if constexpr (std::is_same_v<Said, intent::LockNow>)
                lock(false);
            else if constexpr (std::is_same_v<Said, intent::SwitchOfficer>)
                lock(true);
            else if constexpr (std::is_same_v<Said, intent::SyncNow>)
                sync_now();
            else if constexpr (std::is_same_v<Said, intent::ChooseTheme> ||
                               std::is_same_v<Said, intent::ChooseTextSize> ||
                               std::is_same_v<Said, intent::DismissNotice>)
                (*this)(said);
            else if constexpr (std::is_same_v<Said, intent::TryAgain>)
                open();  // it may have been enrolled meanwhile
        },
        intent);
    if (!ended && !nobody_can_try())
        come_in();
}

// A tablet that joins by a code has news: it is enrolled, or what it says has changed.
void Shift::State::look_at_joining() {
    if (entrance->has_vault())
        return;
    if (entrance->look_at_joining())
        open();
    show();
}

std::optional<std::int64_t> Shift::State::look_again_in_ms() const {
    if (look_again_boot_ms == 0)
        return std::nullopt;
    return std::max<std::int64_t>(0, look_again_boot_ms - boot().since_boot_ms());
}

void Shift::State::come_in() {
    const auto wait_ms = entrance->wake_in_ms();
    look_again_boot_ms = wait_ms ? boot().since_boot_ms() + *wait_ms : 0;
    if (outside() || tablet || opening)
        return;
    auto keys = row_keys();
    if (!keys.ok()) {
        say(keys.error());
        entrance->lock();
        return;
    }
    show();
    open_records(std::move(keys).value());
}

// What is found can be tapped, and the tablet can be locked.  Of the rest, which no page of
// these offers, the records are waited for: nothing that was said is lost.
void Shift::State::act_while_opening(const Intent& intent) {
    std::visit(
        [&](const auto& said) {
            using Said = std::decay_t<decltype(said)>;
            constexpr bool looks =
                std::is_same_v<Said, intent::ChooseTheme> || std::is_same_v<Said, intent::ChooseTextSize>;
            if constexpr (at_the_entrance<Said> || std::is_same_v<Said, intent::Back>) {
                return;
            } else if constexpr (std::is_same_v<Said, intent::LockNow>) {
                lock(false);
            } else if constexpr (std::is_same_v<Said, intent::SwitchOfficer>) {
                lock(true);
            } else if constexpr (std::is_same_v<Said, intent::FindHomes>) {
                opening->stays = true;
                (*this)(said);
            } else if constexpr (std::is_same_v<Said, intent::OpenHome>) {
                opening->stays = true;
                opening->tapped = said.household;
            } else if constexpr (looks || std::is_same_v<Said, intent::DismissNotice>) {
                (*this)(said);
            } else {
                wait_for_opening();
                if (store)
                    act(intent);
            }
        },
        intent);
}

// What was on the officer's page is sealed, what was typed is on the disk, or goes with the
// lock in sealed memory: a tablet that goes to sleep cannot wait for its disk, and no answer
// is given up for it.
void Shift::State::lock(bool forget_pin) {
    if (!entrance || !entrance->has_vault())
        return;
    if (sitting)
        if (const auto left = sitting->leave(); !left.ok() && left.error().fault == Fault::refused)
            return say(left.error());
    if (const auto handed = hand_on_unsaved(); !handed.ok())
        return say(handed.error());
    keep_route();
    keep_notes();
    close_store();
    if (forget_pin)
        entrance->forget_shift();
    entrance->lock();
    notice = nullptr;
    ended = entrance->shift();
}

Result<void> Shift::State::hand_on_unsaved() {
    std::vector<UnsavedLines> all = unsaved;
    if (sitting)
        if (UnsavedLines of_it = sitting->unsaved(); !of_it.lines.empty())
            all.push_back(std::move(of_it));
    if (all.empty())
        return {};
    TRY(const auto keys, entrance->keys());
    TRY(options.unsaved, doorstep::hand_on(all, keys));
    return {};
}

// Before one is back in the questionnaire that they belong to.
void Shift::State::take_over_unsaved() {
    if (options.unsaved < 0 || !entrance)
        return;
    const auto keys = entrance->keys();
    auto found = keys.ok() ? handed_on(options.unsaved, *keys) : keys.error();
    ::close(std::exchange(options.unsaved, -1));
    if (!found.ok())
        return say_until_read(Notice::Kind::trouble, found.error().text());
    unsaved = std::move(found).value();
    save_unsaved_and_tell();
    if (!unsaved.empty())
        say_until_read(
            Notice::Kind::trouble,
            with_parts(words.say("This tablet is full: what was answered last at %1 is not saved. It is lost "
                                 "when the tablet is switched off. Free space on it; the questionnaire opens "
                                 "when everything is in it."),
                       {unsaved.front().place}));
}

Result<bool> Shift::State::save_unsaved() {
    bool all = true;
    while (!unsaved.empty()) {
        const auto saved = Drafts(*store).keep(unsaved.front().questionnaire, unsaved.front().lines);
        if (!saved.ok() && saved.error().fault != Fault::not_found)
            return saved.error();
        if (!saved.ok()) {
            all = false;
            say_until_read(
                Notice::Kind::trouble,
                with_parts(words.say("What was answered last at %1 is lost: its questionnaire is no "
                                     "longer among the records of this tablet. Ask there again."),
                           {unsaved.front().place}));
        }
        unsaved.erase(unsaved.begin());
    }
    TRY_DO(read_drafts());
    return all;
}

void Shift::State::save_unsaved_and_tell() {
    if (unsaved.empty())
        return;
    const std::string place = unsaved.front().place;
    const auto saved = save_unsaved();
    if (!saved.ok())
        return;
    if (!*saved)
        return show();
    say_until_read(
        Notice::Kind::done,
        with_parts(words.say("What was answered last at %1 did not fit on this tablet. It is saved "
                             "now."),
                   {place}));
    show();
}

// A tablet that nobody signed in to sends and receives all the same.  Where it cannot (no
// store yet, a disk that only reads), it does when somebody has signed in, who is told why.
void Shift::State::open_locked_line() {
    if (!entrance->has_vault() || !entrance->identity() || entrance->identity()->endpoint.empty())
        return;
    auto file = store_file(options.folder);
    if (!file.ok())
        return;
    auto opened = open_locked(*file, entrance->vault().inbox_key());
    if (!opened.ok())
        return;
    locked_sql = std::move(opened).value();
    auto made = Store::open(*locked_sql, StoreRole::locked_tablet, clock, random);
    if (!made.ok())
        return close_locked_line();
    locked_store.emplace(std::move(made).value());
    // A new enrolment begins when somebody has signed in: its seed must not send the
    // records of the one before.
    if (const auto kept = locked_store->enrolment();
        !kept.ok() || (!kept->is_nil() && *kept != entrance->identity()->enrolment))
        return close_locked_line();
    sync_store = &*locked_store;
    identity = entrance->identity();
    read_position();
    begin_sync();
}

void Shift::State::close_locked_line() {
    if (!locked_sql)
        return;
    engine.reset();
    requests.clear();
    wake_at_ms = 0;
    sync_store = store;
    locked_store.reset();
    locked_sql.reset();
}

// What came while it was locked is folded; an enrolment by a command is taken over.
Result<void> Shift::State::take_over_identity() {
    if (!entrance || options.tablet.view_only)
        return {};
    TRY(const auto taken, take_over_what_came(*store, entrance->vault(), entrance->identity()));
    if (taken.refused)
        say_until_read(Notice::Kind::trouble, taken.refused->text());
    else
        forget_identity_before(places_of(options.folder, options.device_secret).identity);
    if (taken.taken_along > 0)
        say_until_read(Notice::Kind::done,
                       words.say_n("This tablet was enrolled again. %d entry that was not sent before goes "
                                   "out with the next sync; nothing is lost.",
                                   "This tablet was enrolled again. %d entries that were not sent before go "
                                   "out with the next sync; nothing is lost.",
                                   static_cast<long>(taken.taken_along)));
    return {};
}

void Shift::State::seal_some_anew() {
    seal_at_ms = 0;
    if (!tablet || !entrance)
        return;
    const auto left = tablet->seal_some_anew();
    if (!left.ok())
        return say(left.error());
    if (*left) {
        seal_at_ms = clock.now_ms();
        return;
    }
    // A PIN cannot end a rotation; the next passphrase of a lead does.
    for (const KeyGeneration old : entrance->vault().old_generations())
        static_cast<void>(entrance->vault().finish_rotation(old));
}

void Shift::State::tell_of_disk() {
    if (!tablet)
        return;
    const std::string full = tablet->disk_words();
    if (!full.empty() && !told_of_disk) {
        say(Notice::Kind::trouble, full);
        show();
    }
    told_of_disk = !full.empty();
}

void Shift::State::operator()(const intent::OpenOfficers&) {
    if (entrance)
        go_to({Stop::At::officers, {}, {}});
}

void Shift::State::operator()(const intent::AddOfficer& said) {
    if (entrance)
        entrance->act(said);
}

void Shift::State::operator()(const intent::NewPassphrase& said) {
    if (!entrance)
        return;
    entrance->act(said);
    // One's own new passphrase by a lead's right ends the session.
    if (!entrance->vault().is_open())
        lock(true);
}

void Shift::State::operator()(const intent::RemoveOfficer& said) {
    if (!entrance)
        return;
    entrance->act(said);
    if (entrance->vault().old_generations().empty())
        return;
    auto keys = entrance->keys();
    if (!keys.ok())
        return say(keys.error());
    tablet->take_keys(std::move(keys).value());
    kept_route.clear();  // to be kept under the newest key
    seal_at_ms = clock.now_ms();
}

void Shift::State::operator()(const intent::RenewLicence& said) {
    if (entrance)
        entrance->act(said);
}

}  // namespace doorstep
