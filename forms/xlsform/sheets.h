// The sheets settings, choices and survey, read into a Form.
#pragma once

#include "forms/xlsform/form.h"

namespace doorstep::xlsform {

void read_settings(Form& form);
void read_choices(Form& form);
// Questions in their groups and repeats, in the order of the rows.
void read_survey(Form& form);

// The sheet by its name; when it is missing, sheets with nearly its name.
std::vector<std::string> similar_sheets(const Workbook& workbook, std::string_view name);

}  // namespace doorstep::xlsform
