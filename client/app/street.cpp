#include "client/app/street.h"

#include <algorithm>

#include "client/app/day_words.h"
#include "client/app/home_note_words.h"
#include "client/app/outcome_words.h"
#include "sync/search/home_address.h"

namespace doorstep {

namespace {

bool is_left(DoorState state) {
    return state == DoorState::untouched || state == DoorState::come_back || state == DoorState::not_finished;
}

bool passes(DoorFilter filter, DoorState state) {
    switch (filter) {
    case DoorFilter::all:
        return true;
    case DoorFilter::to_do:
        return is_left(state);
    case DoorFilter::come_back:
        return state == DoorState::come_back;
    case DoorFilter::not_finished:
        return state == DoorState::not_finished;
    case DoorFilter::done:
        return state == DoorState::done;
    }
    return true;
}

}  // namespace

Result<HomeWarnings> home_warnings(SqlConnection& read_model, const std::vector<PlannedVisitRow>& visits) {
    struct Latest {
        ContactOutcome outcome;
        Day day;
        std::int64_t at_ms;
    };
    std::unordered_map<Uuid, Latest> latest;
    for (const PlannedVisitRow& visit : visits) {
        TRY(const auto contacts, contacts_of(read_model, visit.visit));
        for (const ContactRow& contact : contacts) {
            const Latest now{contact.outcome, contact.day, contact.at_ms};
            const auto [at, fresh] = latest.emplace(contact.household, now);
            if (!fresh && now.at_ms >= at->second.at_ms)
                at->second = now;
        }
    }
    HomeWarnings warnings;
    for (const auto& [household, last] : latest)
        if (state_after(last.outcome) == DoorState::do_not_return)
            warnings.emplace(household, HomeWarning{last.outcome, last.day});
    return warnings;
}

void Street::add(const WalkDoor& door) {
    if (!index_.emplace(door.household, static_cast<std::uint32_t>(doors_.size())).second)
        return;
    doors_.push_back(door);
    search_.put(door.household, search_text(door.address));
}

void Street::try_row(const ContactRow& contact) {
    tried_[contact.household] = {contact.contact, contact.outcome, contact.attempts};
    // A door that was worked and is on nobody's list stands at the end.
    if (!index_.contains(contact.household))
        add({contact.household, visit_.area, contact.road_code, contact.address});
}

Result<Street> Street::load(Store& store, const PlannedVisitRow& visit, const AroundStreet& around) {
    Street street;
    street.visit_ = visit;
    TRY(const auto walk, Walks(store).doors(visit.visit));
    street.doors_.reserve(walk.size());
    for (const WalkDoor& door : walk)
        street.add(door);
    TRY(auto contacts, contacts_of(store.sql(), visit.visit));
    std::stable_sort(contacts.begin(), contacts.end(),
                     [](const ContactRow& a, const ContactRow& b) { return a.at_ms < b.at_ms; });
    for (const ContactRow& contact : contacts)
        street.try_row(contact);
    auto rows = std::make_shared<std::vector<DoorRow>>();
    rows->reserve(street.doors_.size());
    for (std::size_t at = 0; at < street.doors_.size(); ++at)
        rows->push_back(street.row_of(at, around));
    street.rows_ = std::move(rows);
    street.tally();
    return street;
}

Result<void> Street::refresh(Store& store, const Uuid& household, const AroundStreet& around) {
    TRY(const auto contacts, contacts_of(store.sql(), visit_.visit));
    tried_.erase(household);
    for (const ContactRow& contact : contacts)
        if (contact.household == household)
            try_row(contact);
    auto rows = std::make_shared<std::vector<DoorRow>>(*rows_);
    while (rows->size() < doors_.size())
        rows->push_back(row_of(rows->size(), around));
    if (const auto at = index_.find(household); at != index_.end())
        (*rows)[at->second] = row_of(at->second, around);
    rows_ = std::move(rows);
    tally();
    return {};
}

namespace {

// What protects somebody, by its name: the door's page says the rest.
void warn(DoorRow& row, const NotesByHome& notes, const Wording& words) {
    const auto known = notes.find(row.household);
    if (known == notes.end())
        return;
    for (std::size_t i = 0; i < known->second.size(); ++i) {
        const HomeNoted& noted = known->second[i].noted;
        const bool counts = i == 0 || known->second[i - 1].noted.kind != noted.kind;
        if (!counts || !warns(noted))
            continue;
        row.warning += (row.warning.empty() ? "" : ", ") + note_name(noted.kind, words);
        // One who asked us back, too: somebody has to look before anybody calls.
        if (noted.kind == HomeNoteKind::do_not_return &&
            (row.state == DoorState::untouched || row.state == DoorState::come_back))
            row.state = DoorState::do_not_return;
    }
}

}  // namespace

DoorRow Street::row_of(std::size_t at, const AroundStreet& around) const {
    const WalkDoor& door = doors_[at];
    DoorRow row{door.household, place_known(door.address, around.words), {}, DoorState::untouched};
    if (around.drafts.contains(door.household)) {
        row.state = DoorState::not_finished;
        row.words = around.words.say("Not finished");
        // What was said of the door besides is not hidden behind the draft.
        if (const Tried* here = tried(door.household))
            row.words = with_parts(around.words.say(state_after(here->outcome) == DoorState::done
                                                        ? "%1, another not finished"
                                                        : "%1, not finished"),
                                   {outcome_words(here->outcome, here->tries, around.words)});
    } else if (const Tried* here = tried(door.household)) {
        row.state = state_after(here->outcome);
        row.words = outcome_words(here->outcome, here->tries, around.words);
    } else if (const auto warned = around.warnings.find(door.household); warned != around.warnings.end()) {
        row.state = DoorState::do_not_return;
        row.words =
            with_parts(around.words.say("%1, since %2"), {outcome_words(warned->second.outcome, around.words),
                                                          day_in_short(warned->second.day, around.words)});
    }
    warn(row, around.notes, around.words);
    return row;
}

void Street::tally() {
    counted_ = {};
    counted_.visit = visit_.visit;
    counted_.area = visit_.area;
    counted_.total = static_cast<int>(rows_->size());
    for (const DoorRow& row : *rows_) {
        counted_.left += is_left(row.state) ? 1 : 0;
        counted_.come_back += row.state == DoorState::come_back ? 1 : 0;
        counted_.not_finished += row.state == DoorState::not_finished ? 1 : 0;
        counted_.done += row.state == DoorState::done ? 1 : 0;
    }
    counted_.rows = rows_;
    if (const WalkDoor* following = next()) {
        counted_.next_door = following->household;
        counted_.next_place = place_of(following->address);
    }
}

const WalkDoor* Street::door(const Uuid& household) const {
    const auto at = index_.find(household);
    return at == index_.end() ? nullptr : &doors_[at->second];
}

const DoorRow* Street::row(const Uuid& household) const {
    const auto at = index_.find(household);
    return at == index_.end() ? nullptr : &(*rows_)[at->second];
}

const Street::Tried* Street::tried(const Uuid& household) const {
    const auto at = tried_.find(household);
    return at == tried_.end() ? nullptr : &at->second;
}

std::string Street::roads() const {
    std::string all;
    std::set<std::string> seen;
    for (const WalkDoor& door : doors_)
        if (!door.address.road.empty() && seen.insert(door.address.road).second) {
            if (seen.size() > 3)
                return all + " \xE2\x80\xA6";
            all += (all.empty() ? "" : ", ") + door.address.road;
        }
    return all;
}

DoorsView Street::view() const {
    return counted_;
}

std::vector<std::uint32_t> Street::shown(DoorFilter filter, const std::string& find) const {
    std::vector<std::uint32_t> found = search_.rows(find);
    if (filter != DoorFilter::all)
        std::erase_if(found, [&](std::uint32_t at) { return !passes(filter, (*rows_)[at].state); });
    return found;
}

// Untouched doors first, in walking order; then what was begun, then who asked us back.
const WalkDoor* Street::next() const {
    for (const DoorState wanted : {DoorState::untouched, DoorState::not_finished, DoorState::come_back})
        for (std::size_t at = 0; at < rows_->size(); ++at)
            if ((*rows_)[at].state == wanted)
                return &doors_[at];
    return nullptr;
}

}  // namespace doorstep
