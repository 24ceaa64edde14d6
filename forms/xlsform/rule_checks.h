// What can be said of a rule before anyone has answered.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/xlsform/expressions.h"

namespace doorstep::xlsform {

// A function that takes one value, given a question of a repeat.
void check_first_only(const Written& cell, Form& form);
// Constants, and one comparison against the range that a question's constraint allows.
void check_never_true(const Written& cell, const Expressed& when, Form& form);
// A quantity that is text, below 1 or absurdly large whatever is answered.
void check_number(const Written& cell, const Expressed& quantity, Form& form);

// Whether an entry of the directory is valid on every day of the form.
bool covers(const Validity& entry, const Validity& form);
// "from 1 April 2016", "1 April 2013 to 31 March 2016", "any time".
std::string dates_text(const Validity& valid);

// As nearest(), and else a candidate that shares a whole word ("smoke_alarm", "smoke_detector").
std::string_view nearest_of_any_length(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace doorstep::xlsform
