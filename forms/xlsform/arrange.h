// Puts the rows of the survey into their final shape: loops spelled out, the
// questions that pyxform generates added, paths given, names checked.
#pragma once

#include "forms/xlsform/form.h"

namespace doorstep::xlsform {

void arrange(Form& form);

}  // namespace doorstep::xlsform
