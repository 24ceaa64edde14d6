// The store, the forms and the place where one was are opened; what fails is said in
// words that tell what to do and what is kept.
#include "client/app/shift_state.h"
#include "sync/store/drafts.h"
#include "sync/store/sqlite_connection.h"

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
    view.mend = error.mend.empty() ? what_to_do(error, words) : error.mend + " " + what_to_do(error, words);
    view.kept = what_is_kept(error, words);
    return view;
}

}  // namespace

void Shift::State::close_store() {
    engine.reset();
    requests.clear();
    wake_at_ms = 0;
    leave_sitting();
    streets.clear();
    drafts.clear();
    visits.clear();
    identity.reset();
    undoing.reset();
    casework.reset();
    store.reset();
    sql.reset();
}

Result<void> Shift::State::open_store() {
    TRY(const std::string file, store_file(options.folder));
    TRY(sql, open_sqlite(file));
    TRY(Store opened, Store::open(*sql, StoreRole::tablet, clock, random));
    store.emplace(std::move(opened));
    TRY(identity, store->identity());
    library =
        open_library(options.questionnaires.empty() ? shipped_questionnaires() : options.questionnaires);
    casework.emplace(*store, library, clock, random, options.on_duty);
    TRY(position, store->position());
    TRY(set_aside, store->quarantined());
    return read_all();
}

Result<void> Shift::State::read_all() {
    facts_came = false;
    TRY(visits, planned_visits(*sql));
    TRY(const auto with_doors, Walks(*store).visits());
    walked = {with_doors.begin(), with_doors.end()};
    TRY(warnings, home_warnings(*sql, visits));
    streets.clear();
    return read_drafts();
}

void Shift::State::open() {
    close_store();
    trouble.reset();
    notice = nullptr;
    started = true;
    route.resize(1);
    if (const auto opened = open_store(); !opened.ok()) {
        trouble = trouble_page(opened.error(), words);
        close_store();
        return;
    }
    kept_route = read_route(options.folder);
    return_to(kept_route);
    begin_sync();
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
    }
    route.push_back(place);
    return true;
}

void Shift::State::keep_route() {
    if (trouble || !started || route == kept_route)
        return;
    const auto kept = write_route(options.folder, route);
    if (kept.ok()) {
        kept_route = route;
        told_of_route = false;
    } else if (!told_of_route) {
        told_of_route = true;
        say(kept.error());
        show();
    }
}

}  // namespace doorstep
