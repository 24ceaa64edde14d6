// The doors of a visit in walking order, and one door.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/view/choice_of.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"

namespace doorstep {

enum class DoorState : std::uint8_t {
    untouched,     // no words beside it
    over,          // No answer, Declined, Empty ...: second text
    come_back,     // asks for something: the one tint
    not_finished,  // a draft is open
    done,
    do_not_return
};

struct DoorRow {
    Uuid household;
    std::string place;  // "14 Mill Lane", "Flat 2, 14 Mill Lane"
    std::string words;  // "No answer, twice"; empty when untouched
    DoorState state = DoorState::untouched;
    std::string warning{};  // "Hazard": of notes on the home that protect somebody; empty: none
    bool operator==(const DoorRow&) const = default;
};

struct DoorsView {
    Uuid visit;
    std::string area;
    int total = 0;
    int left = 0;
    int come_back = 0;
    int not_finished = 0;
    int done = 0;
    DoorFilter filter = DoorFilter::all;
    std::string find;
    std::shared_ptr<const std::vector<DoorRow>> rows;  // all doors, in walking order
    std::vector<std::uint32_t> shown;                  // indexes into rows: filter and search applied
    Uuid next_door;                                    // nil when none is left
    std::string next_place;
    int questionnaires = 0;  // of this visit, for its end
    int referrals = 0;
};

struct OutcomeButton {
    ContactOutcome outcome = ContactOutcome::no_answer;
    std::string words;  // "No answer"
};

// What is known of a home: one register.
struct HomeNoteView {
    HomeNoteKind kind = HomeNoteKind::do_not_return;
    std::string label;               // "Hazard"
    std::vector<std::string> lines;  // "Loose dog (off-pol-01, Sat 21 Nov)"; what counts first; none: nothing
    bool warns = false;              // it protects somebody, and it is so
    std::string text;                // of the one that counts
    std::vector<Uuid> shown;         // the entries behind the lines, or behind there being none
};

struct DoorView {
    Uuid household;
    std::string place;
    std::string postcode;
    DoorState state = DoorState::untouched;
    std::string words;
    std::vector<std::string> history;  // "No answer, today 10:42", newest first
    struct Draft {
        Uuid questionnaire;
        std::string words;  // "Safer Streets, not finished, 10:42"
        std::string trouble;
    };
    std::vector<Draft> drafts;
    std::string form_title;  // "Safer Streets questionnaire"; empty: none can be opened
    std::string form_trouble;
    std::vector<OutcomeButton> outcomes;  // commonest first
    std::vector<HomeNoteView> notes;      // every register, in their order
    std::uint64_t notes_saved = 0;        // rises with each that was kept here
};

}  // namespace doorstep
