// What a door suggests, one line a suggestion, so that a whole rule is compared at once.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {

// "fire:smoking_follow_up soon, smoking_risks": agency, service, urgency, and which
// answers it learns beside how to reach and to write to the person.
// "fire_safety_advice 1": an offer and its quantity.
// Restricted ones begin with "restricted".
using Lines = std::multiset<std::string>;

Lines what_is_suggested(const TestDoor& door);

using Said = std::vector<std::pair<std::string, std::string>>;

// A door of the form at which only this was said.
void suggests(const std::string& form, const Said& said, const Lines& lines);

}  // namespace doorstep
