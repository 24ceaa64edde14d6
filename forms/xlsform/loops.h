// "begin loop over list": one group for each choice of the list.
#pragma once

#include "forms/xlsform/form.h"

namespace doorstep::xlsform {

void spell_out_loops(Form& form);

}  // namespace doorstep::xlsform
