// What one does about records that cannot be opened: saves what is whole, looks without
// changing, or takes what was not sent away on a stick.
#include <fmt/format.h>

#include "client/app/day_words.h"
#include "client/app/rescue_commands.h"
#include "client/app/shift_state.h"
#include "client/app/sticks.h"
#include "sync/store/rescue.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

Result<RowKeys> Shift::State::row_keys() const {
    if (options.keys)
        return options.keys->duplicate();
    if (!entrance || outside())
        return Error{Fault::refused, "Nobody is signed in.", {}};
    return entrance->keys();
}

std::vector<Stick> Shift::State::sticks() const {
    return sticks_under(options.stick_roots);
}

void Shift::State::operator()(const intent::MendRecords&) {
    if (!trouble || !trouble->can_mend)
        return;
    auto keys = row_keys();
    if (!keys.ok())
        return say(keys.error());
    const auto file = store_file(options.folder);
    if (!file.ok())
        return say(file.error());
    trouble.reset();
    show();  // "Opening the records"
    if (const auto done = mend_store(*file, *keys, clock, random); !done.ok()) {
        be_in_trouble(done.error());
        trouble->can_mend = false;
        return;
    }
    open_records(std::move(keys).value());
}

std::optional<MendReport> Shift::State::mended() const {
    const auto file = store_file(options.folder);
    return file.ok() ? last_mending(*file) : std::nullopt;
}

// Whoever opens the records next hears of it, also when it ended in another process.
void Shift::State::tell_of_mending() {
    if (const auto report = mended(); report && !report->read)
        say_until_read(report->unsent_lost > 0 ? Notice::Kind::trouble : Notice::Kind::done, report->text(),
                       true);
}

void Shift::State::operator()(const intent::ViewRecords&) {
    if (!trouble || !trouble->can_view)
        return;
    auto keys = row_keys();
    if (!keys.ok())
        return say(keys.error());
    trouble.reset();
    options.tablet.view_only = true;
    open_records(std::move(keys).value());
    if (!trouble)
        say_until_read(Notice::Kind::trouble,
                       words.say("The records are open to look at. Nothing can be changed."));
}

void Shift::State::operator()(const intent::WriteRescue& said) {
    const auto known = sticks();
    const auto stick = std::find_if(known.begin(), known.end(),
                                    [&](const Stick& each) { return each.folder == said.folder; });
    if (stick == known.end())
        return say(Notice::Kind::trouble, words.say("That stick is not there any more."));
    const TabletPlaces places = places_of(options.folder, options.device_secret);
    // A name of its own for each tablet and moment: none replaces another on the stick.
    const auto& known_as = identity || !entrance ? identity : entrance->identity();
    const std::string file = fmt::format("{}/doorstep-{}-{}.rescue", stick->folder,
                                         known_as ? known_as->tablet : std::string("tablet"), clock.now_ms());
    auto written = sync_store && entrance ? write_rescue_to(file) : rescued_beside(places, file);
    // The store is open and cannot be read: whatever it says, the copy beside it can.
    if (!written.ok() && (written.error().fault == Fault::damaged || written.error().fault == Fault::broken))
        if (const auto copied = gather_from_second_copy(places, clock); copied.ok())
            written = write_durably(file, copied->rescue.file, 0600);
    if (!written.ok())
        return say(written.error());
    say(Notice::Kind::done,
        with_parts(
            words.say("What was not sent is on %1. Nobody but the centre can read it: take it there, "
                      "or to another tablet. It stays here too. Questionnaires that are not finished are "
                      "not in it."),
            {stick->name}));
}

Result<void> Shift::State::write_rescue_to(const std::string& file) {
    if (!identity)
        return Error{Fault::refused, "This tablet belongs to no centre yet.", "Enrol it first."};
    TRY(const auto rescued, write_rescue(*sync_store, *identity));
    return write_durably(file, rescued.file, 0600);
}

Result<void> Shift::State::rescued_beside(const TabletPlaces& places, const std::string& file) {
    TRY_DO(rescue(places, file, clock, random));
    return {};
}

}  // namespace doorstep
