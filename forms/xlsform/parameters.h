// The column `parameters`: "start=1 end=10", checked against what each type takes.
#pragma once

#include "forms/xlsform/form.h"

namespace doorstep::xlsform {

// Fills Item::parameters and reports words that the type does not know and values
// that it cannot take.  Needs the choice lists.
void read_parameters(Item& item, Form& form);

// Whether a range counts in whole numbers.
bool whole_numbers(const Item& range);

}  // namespace doorstep::xlsform
