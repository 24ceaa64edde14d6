// The store, the forms and the place where one was are opened; what fails is said in
// words that tell what to do and what is kept.
#include <fmt/format.h>

#include <filesystem>

#include "client/app/shift_state.h"
#include "forms/base/secret.h"
#include "sync/store/drafts.h"

namespace doorstep {

namespace {

std::string what_to_do(const Error& error, const Wording& words) {
    switch (error.fault) {
    case Fault::newer_version:
        return words.say("Install the newest Doorstep on this tablet, then choose \"Try again\".");
    case Fault::disk_full:
        return words.say("Free space on this tablet, then choose \"Try again\".");
    case Fault::not_writable:
        return words.say("Let this user write there, or start Doorstep with another folder. Then choose "
                         "\"Try again\".");
    case Fault::conflict:
        return words.say("Close the other Doorstep, then choose \"Try again\".");
    case Fault::damaged:
    case Fault::refused:
        return words.say("Take the tablet to whoever looks after Doorstep, and leave its folder as it is.");
    default:
        return words.say("Choose \"Try again\". If it stays so, take the tablet to whoever looks after "
                         "Doorstep.");
    }
}

std::string what_is_kept(const Error& error, const Wording& words) {
    if (error.fault == Fault::damaged)
        return words.say("Nothing was changed. What was sent before is safe at the endpoint.");
    if (error.fault == Fault::disk_full)
        return words.say("Everything that was saved before is kept.");
    return words.say("Nothing was changed. Everything that was saved on this tablet is kept.");
}

TroubleView trouble_page(const Error& error, const Wording& words) {
    TroubleView view;
    view.title = words.say("This tablet cannot open its records");
    view.what = error.what;
    // One remedy, in the app's own words where it has some.
    const bool known = error.fault == Fault::newer_version || error.fault == Fault::disk_full ||
                       error.fault == Fault::conflict || error.mend.empty();
    view.mend = known ? what_to_do(error, words) : error.mend;
    view.kept = what_is_kept(error, words);
    return view;
}

constexpr const char* at_the_summary = "summary";

TroubleView gone_page(const Wording& words) {
    TroubleView view;
    view.title = words.say("The records of this tablet are gone or empty");
    view.what = words.say("Doorstep was used on this tablet before, and the file with its records is missing "
                          "or has nothing in it.");
    view.mend = words.say("Take the tablet to whoever looks after Doorstep, and leave its folder as it is. "
                          "To go on without it begins anew, with an empty tablet that must be enrolled "
                          "again.");
    view.kept = words.say("Nothing was changed. What was sent before is safe at the endpoint.");
    view.can_go_on = true;
    return view;
}

bool has_second_copy(const std::string& folder) {
    const auto file = store_file(folder);
    return file.ok() && !SecondCopy::look_at_all(*file).empty();
}

}  // namespace

// Nobody knows how far its enrolment had come: under it a place might be given out twice.
Result<void> Shift::State::put_identity_by() {
    const std::string identity_file = places_of(options.folder, options.device_secret).identity;
    std::error_code failed;
    if (!std::filesystem::exists(identity_file, failed))
        return {};
    std::filesystem::rename(identity_file, fmt::format("{}.before-{}", identity_file, clock.now_ms()),
                            failed);
    if (failed)
        return Error{Fault::not_writable, "The old enrolment of this tablet cannot be put by.",
                     "Let this user write in its folder."};
    entrance.reset();
    return {};
}

void Shift::State::close_store() {
    opening.reset();
    homes.clear();
    wipe_text(finding.text);
    finding = {};
    engine.reset();
    retention.reset();
    requests.clear();
    wake_at_ms = 0;
    leave_sitting();
    streets.clear();
    drafts.clear();
    known_notes.clear();
    visits.clear();
    identity.reset();
    undoing.reset();
    casework.reset();
    store = nullptr;
    sync_store = nullptr;
    sql = nullptr;
    tablet.reset();
    close_locked_line();
}

Result<void> Shift::State::take_over_store() {
    TRY_DO(tablet->finish(clock, random));
    begins_anew = options.tablet.begins_anew = false;  // said of those records alone
    store = &tablet->store();
    sql = &tablet->sql();
    sync_store = store;
    TRY_DO(homes.tables_are_whole(*sql));
    TRY_DO(take_over_identity());
    TRY(identity, store->identity());
    look_for_parcels();
    read_library();
    addresses_are_old = true;
    OnDuty on_duty = options.on_duty;
    if (on_duty.officer.empty() && entrance)
        on_duty.officer = entrance->officer();
    casework.emplace(*store, library, clock, random, on_duty);
    TRY(position, store->position());
    TRY(oldest_unsent_ms, oldest_unsent(*sql));
    TRY(set_aside, store->quarantined());
    return read_all();
}

Result<void> Shift::State::read_all() {
    facts_came = false;
    TRY(visits, planned_visits(*sql));
    TRY(const auto with_doors, Walks(*store).visits());
    walked = {with_doors.begin(), with_doors.end()};
    TRY(warnings, home_warnings(*sql, visits));
    TRY_DO(read_notes());
    streets.clear();
    finding.with_visits = false;
    finding.stale = true;
    return read_drafts();
}

void Shift::State::open() {
    close_store();
    trouble.reset();
    notice = nullptr;
    started = true;
    route.resize(1);
    const bool gone = records_are_gone(options.folder);
    if (gone && !begins_anew && !has_second_copy(options.folder)) {
        trouble = gone_page(words);
        return;
    }
    options.tablet.begins_anew = begins_anew;
    if (gone && begins_anew)
        if (const auto put_by = put_identity_by(); !put_by.ok())
            return be_in_trouble(put_by.error());
    if (options.keys)
        return open_records(options.keys->duplicate());
    if (!entrance)
        entrance.emplace(EntranceOptions{places_of(options.folder, options.device_secret), options.shift,
                                         options.cost, options.news},
                         clock, boot(), words, [this] { show(); });
    if (const auto arrived = entrance->arrive(); !arrived.ok())
        return be_in_trouble(arrived.error());
    if (nobody_can_try())
        return;
    open_locked_line();
}

void Shift::State::be_in_trouble(const Error& error) {
    trouble = trouble_page(error, words);
    const bool inside = options.keys || (entrance && !outside());
    trouble->can_mend = inside && error.fault == Fault::damaged;
    if (inside && error.fault == Fault::broken)
        reopen_later();
    trouble->can_view = inside && error.fault == Fault::not_writable && !options.tablet.view_only;
    if (entrance && entrance->has_vault())
        trouble->sticks = sticks();
}

void Shift::State::open_records(RowKeys keys) {
    // One program, one file: the line goes on with the opened store.
    close_locked_line();
    auto begun = OpenedTablet::begin(options.folder, std::move(keys), options.tablet, options.news);
    if (!begun.ok()) {
        close_store();
        return be_in_trouble(begun.error());
    }
    opening.emplace(Opening{std::move(begun).value(),
                            std::max<std::int64_t>(1, clock.now_ms() + options.find_page_after_ms),
                            false,
                            {},
                            0});
    if (!options.news)
        wait_for_opening();
}

void Shift::State::wait_for_opening() {
    while (auto batch = opening->tablet->unlock().people())
        homes.take(std::move(*batch));
    opened();
}

// Called for each piece of news: what there is of people comes first, and whoever searches
// sees it; then the tables.
void Shift::State::go_on_opening() {
    Unlock& unlock = opening->tablet->unlock();
    const bool loaded = unlock.is_loaded();
    bool more = false;
    while (auto batch = unlock.people_now()) {
        homes.take(std::move(*batch));
        more = true;
    }
    if (loaded) {
        opened();
        return show();
    }
    finding.stale = finding.stale || more;
    const bool comes = opening->page_at_ms != 0 && opening->page_at_ms <= clock.now_ms() && homes.size() > 0;
    if (comes)
        opening->page_at_ms = 0;
    if (comes || (more && opening->page_at_ms == 0 && is_worth_showing())) {
        opening->shown = homes.size();
        show();
    }
}

bool Shift::State::is_worth_showing() const {
    return worth_drawing(homes.size(), opening->shown) || opening->tablet->unlock().people_done();
}

void Shift::State::opened() {
    const bool stays = opening->stays;
    const Uuid tapped = opening->tapped;
    tablet = std::move(opening->tablet);
    opening.reset();
    if (const auto taken = take_over_store(); !taken.ok()) {
        const Error error = taken.error();
        close_store();
        notice = nullptr;
        return be_in_trouble(error);
    }
    tell_of_mending();
    if (!tablet->to_tell().empty())
        say_until_read(Notice::Kind::trouble, tablet->to_tell());
    take_over_unsaved();
    if (const auto keys = row_keys(); keys.ok())
        kept_route = read_route(options.folder, *keys);
    if (comes_back)
        come_back();
    else
        return_to(kept_route);
    begin_sync();
    if (entrance && !entrance->vault().old_generations().empty())
        seal_at_ms = clock.now_ms();
    if (stays)
        (*this)(intent::OpenHomes{});
    if (!tapped.is_nil())
        (*this)(intent::OpenHome{tapped});
}

// As far as what is there still stands.
void Shift::State::return_to(const Route& before) {
    for (std::size_t i = 1; i < before.size(); ++i)
        if (!stand_again(before[i]))
            return;
}

bool Shift::State::stand_again(const Stop& place) {
    switch (place.at) {
    case Stop::At::home:
        return false;
    case Stop::At::doors:
        if (!visit(place.id) || !street(place.id).ok())
            return false;
        break;
    case Stop::At::door: {
        const auto in_hand = visit_in_hand();
        const auto here = in_hand ? street(*in_hand) : Result<Street*>(nullptr);
        if (!here.ok() || !*here || !(*here)->door(place.id))
            return false;
        break;
    }
    case Stop::At::questionnaire:
        (*this)(intent::ResumeDraft{place.id});
        // A summary that asks nothing itself has no question to stand on.
        if (sitting && place.code == at_the_summary && !sitting->at_summary())
            if (const auto turned = sitting->act(intent::OpenSummary{}); !turned.ok())
                say(turned.error());
        return sitting.has_value();
    case Stop::At::referrals:
        if (!at(Stop::At::counts))
            return false;
        break;
    case Stop::At::counts:
        (*this)(intent::OpenCounts{});
        return true;
    case Stop::At::waiting:
    case Stop::At::sync:
    case Stop::At::settings:
        break;
    case Stop::At::homes:
        (*this)(intent::OpenHomes{});
        return true;
    case Stop::At::officers:
        return false;
    }
    route.push_back(place);
    return true;
}

void Shift::State::keep_route() {
    if (sitting && at(Stop::At::questionnaire))
        route.back().code = sitting->at_summary() ? at_the_summary : "";
    if (trouble || !store || route == kept_route)
        return;
    const auto keys = row_keys();
    if (!keys.ok())
        return;  // a PIN is being chosen: told when somebody is inside again
    const auto kept = write_route(options.folder, route, *keys);
    if (kept.ok()) {
        kept_route = route;
        told_of_route = false;
    } else if (!told_of_route) {
        told_of_route = true;
        // What could not be saved of the work itself is told first, and alone.
        if (notice && notice->kind == Notice::Kind::trouble)
            return;
        say(Notice::Kind::trouble,
            kept.error().fault == Fault::disk_full
                ? words.say("This tablet is full. Free space on it: what comes next may not be kept.")
                : words.say(
                      "Doorstep cannot write on this tablet. Where you are is not kept when it closes."));
        show();
    }
}

}  // namespace doorstep
