// What the centre published, as the shift uses it: new questionnaires and the directory as soon as no
// questionnaire is in hand, addresses when the tablet rests.
#include "client/app/day_words.h"
#include "client/app/published.h"
#include "client/app/shift_state.h"
#include "sync/wire/phrases.h"

namespace doorstep {

void Shift::State::look_for_parcels() {
    parcels.reset();
    if (identity && identity->signing_key.size() == 32)
        parcels.emplace(parcels_at(options.folder, VerifyKey{identity->signing_key}));
}

void Shift::State::read_library() {
    library_is_old = false;
    library =
        library_with(options.questionnaires, parcels ? *parcels : parcels_at(options.folder, VerifyKey{}));
}

void Shift::State::parcels_came() {
    library_is_old = addresses_are_old = true;
    follow_parcels();
}

// What is in hand goes on with the form that it was begun with.
void Shift::State::follow_parcels() {
    if (!library_is_old || !store || !casework || sitting)
        return;
    read_library();
    store->write_short(wire::books_of(library.forms()));
    streets.clear();
}

void Shift::State::take_addresses() {
    if (!addresses_are_old || !store || !parcels || sitting || options.tablet.view_only)
        return;
    addresses_are_old = false;
    const auto taken = take_published_addresses(options.folder, *parcels, *store);
    if (!taken.ok())
        return say(taken.error());
    if (!*taken)
        return;
    // Places in the base are others now.
    homes.clear();
    finding.with_visits = false;
    finding.stale = true;
    finding.go_on_at_ms = at(Stop::At::homes) ? clock.now_ms() : 0;
    show();
}

// "From the centre today 10:42: 2 questionnaires, addresses of 3 areas"
std::string Shift::State::published_words() const {
    if (!parcels)
        return {};
    long forms = 0;
    long areas = 0;
    bool has_directory = false;
    for (const auto& parcel : parcels->parcels()) {
        forms += parcel.kind == wire::ParcelKind::form ? 1 : 0;
        areas += parcel.kind == wire::ParcelKind::addresses ? 1 : 0;
        has_directory = has_directory || parcel.kind == wire::ParcelKind::directory;
    }
    std::string what;
    const auto add = [&](const std::string& part) { what += (what.empty() ? "" : ", ") + part; };
    if (forms > 0)
        add(words.say_n("%d questionnaire", "%d questionnaires", forms));
    if (areas > 0)
        add(words.say_n("addresses of %d area", "addresses of %d areas", areas));
    if (has_directory)
        add(words.say("the directory of agencies"));
    return what.empty() ? what
                        : with_parts(words.say("From the centre %1: %2"),
                                     {moment_with_day(clock, parcels->came_ms(), words), what});
}

}  // namespace doorstep
