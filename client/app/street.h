// The doors of one visit as they stand: the walk joined with what happened there, the
// drafts, and what earlier visits left as a warning.  Rows are built once per change
// and shared with the views.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "client/casework/casework.h"
#include "client/view/doors_view.h"
#include "client/wording/wording.h"
#include "sync/report/lists.h"
#include "sync/search/household_search.h"
#include "sync/store/home_notes.h"
#include "sync/store/walks.h"

namespace doorstep {

// "Do not return", said of a home on an earlier visit and not taken back since.
struct HomeWarning {
    ContactOutcome outcome = ContactOutcome::do_not_return;
    Day day;
};
using HomeWarnings = std::unordered_map<Uuid, HomeWarning>;
Result<HomeWarnings> home_warnings(SqlConnection& read_model, const std::vector<PlannedVisitRow>& visits);

// What a street takes from around it.
struct AroundStreet {
    const HomeWarnings& warnings;
    const NotesByHome& notes;
    const std::map<Uuid, Uuid>& drafts;  // household of this visit -> questionnaire
    const Wording& words;
};

class Street {
public:
    // The contact of a home on this visit, as the latest try left it.
    struct Tried {
        Uuid contact;
        ContactOutcome outcome = ContactOutcome::no_answer;
        int tries = 1;
    };

    static Result<Street> load(Store& store, const PlannedVisitRow& visit, const AroundStreet& around);
    // One home after something happened there.
    Result<void> refresh(Store& store, const Uuid& household, const AroundStreet& around);

    const PlannedVisitRow& visit() const { return visit_; }
    const std::vector<WalkDoor>& doors() const { return doors_; }
    const WalkDoor* door(const Uuid& household) const;
    const DoorRow* row(const Uuid& household) const;
    const Tried* tried(const Uuid& household) const;
    std::string roads() const;  // "Mill Lane, Quay Street"

    // All but the choice of filter and search.
    DoorsView view() const;
    std::vector<std::uint32_t> shown(DoorFilter filter, const std::string& find) const;
    const WalkDoor* next() const;

private:
    void add(const WalkDoor& door);
    void try_row(const ContactRow& contact);
    DoorRow row_of(std::size_t at, const AroundStreet& around) const;
    void tally();

    PlannedVisitRow visit_;
    std::vector<WalkDoor> doors_;
    std::unordered_map<Uuid, std::uint32_t> index_;
    std::unordered_map<Uuid, Tried> tried_;  // by household
    HouseholdSearch search_;                 // its rows are the indexes of doors_
    std::shared_ptr<const std::vector<DoorRow>> rows_;
    DoorsView counted_;  // its numbers
};

}  // namespace doorstep
