// A disk that failed once and answers again: the records are opened anew by themselves, and the
// officer goes on where he was.
#include <algorithm>

#include "client/app/shift_state.h"
#include "sync/store/sqlite_errors.h"
#include "sync/store/vfs_file.h"

namespace doorstep {

namespace {

// Seconds at first, for a card that was pushed in again; a minute for one that is broken.
constexpr std::int64_t first_pause_ms = 1'000;
constexpr std::int64_t longest_pause_ms = 60'000;

// Asked of a file of its own: what is open stays as it is until there is something to go on with.
bool disk_takes_something(const std::string& store) {
    const std::string file = store + ".asking";
    const auto asked = [&]() -> Result<void> {
        TRY(const auto probe, VfsFile::open(file, {}));
        TRY_DO(probe->write("doorstep", 0));
        TRY_DO(probe->sync());
        TRY_DO(probe->read_all());
        return {};
    }();
    remove_file(file, {});
    return asked.ok();
}

}  // namespace

// After whatever was done: what failed at the disk may have failed in a part of it that
// nobody waited for.
void Shift::State::look_at_disk() {
    const bool failed = (sql && sql->has_failed()) || (locked_sql && locked_sql->has_failed());
    if (failed)
        reopen_later();
}

void Shift::State::reopen_later() {
    if (reopen_at_ms != 0 || ended)
        return;
    reopen_pause_ms = std::clamp(reopen_pause_ms * 2, first_pause_ms, longest_pause_ms);
    reopen_at_ms = clock.now_ms() + reopen_pause_ms;
}

void Shift::State::reopen() {
    reopen_at_ms = 0;
    if (ended || opening)
        return;
    const auto file = store_file(options.folder);
    if (!file.ok() || !disk_takes_something(*file))
        return reopen_later();
    if (locked_sql) {
        close_locked_line();
        open_locked_line();
        reopen_pause_ms = 0;
        return show();
    }
    auto keys = row_keys();
    if (!keys.ok() || (!tablet && !trouble))
        return;
    // What stands on the officer's page is sealed, with the last answers, and goes along.
    if (sitting) {
        if (const auto left = sitting->leave(); !left.ok() && left.error().fault == Fault::refused)
            return reopen_later();
        keep_route();
        if (UnsavedLines of_it = sitting->unsaved(); !of_it.lines.empty())
            unsaved.push_back(std::move(of_it));
        sitting.reset();
    }
    if (tablet)
        comes_back = route;
    close_store();
    trouble.reset();
    open_records(std::move(keys).value());
    show();
}

// The place from before, as far as it still stands; the answers first.
void Shift::State::come_back() {
    if (!comes_back)
        return;
    const Route before = *std::exchange(comes_back, std::nullopt);
    const auto saved = save_unsaved();
    if (!saved.ok())
        return say(saved.error());
    route.resize(1);
    return_to(before);
    reopen_pause_ms = 0;
    if (!*saved)
        return;
    say(Notice::Kind::done,
        words.say("The disk of this tablet failed for a moment. It works again, and everything is saved."));
}

// Each try is counted on the disk before it is made: where nothing can be counted nobody may try.
bool Shift::State::nobody_can_try() {
    if (!entrance || !entrance->has_vault() || !outside())
        return false;
    const TabletPlaces places = places_of(options.folder, options.device_secret);
    if (check_writable(places.vault.tries).ok())
        return false;
    close_locked_line();
    TroubleView view;
    view.title = words.say("Nobody can sign in on this tablet now");
    view.what = words.say("Its disk can only be read, and each try of a passphrase or PIN has to be counted "
                          "on it.");
    view.mend = words.say("Switch the tablet off and on once. If it stays so, take it to whoever looks after "
                          "Doorstep. What was not sent can be written to a stick here, without signing in.");
    view.kept = words.say("Nothing was changed. Everything that was saved on this tablet is kept.");
    view.sticks = sticks();
    trouble = std::move(view);
    return true;
}

}  // namespace doorstep
