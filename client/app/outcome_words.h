// How a door ended, in words and as a state of its row.
#pragma once

#include <string>
#include <vector>

#include "client/view/doors_view.h"
#include "client/wording/wording.h"
#include "sync/operation/operation.h"

namespace doorstep {

std::string outcome_words(ContactOutcome outcome, const Wording& words);
// With the number of tries where that says something: "No answer, twice".
std::string outcome_words(ContactOutcome outcome, int tries, const Wording& words);
DoorState state_after(ContactOutcome outcome);
// "No answer at %1.", for the notice that offers to undo it.
std::string recorded_words(ContactOutcome outcome, const std::string& place, const Wording& words);
// What can be said of a door without a questionnaire, commonest first.
std::vector<OutcomeButton> outcome_buttons(const Wording& words);

}  // namespace doorstep
