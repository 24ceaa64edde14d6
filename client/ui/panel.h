// The part of the dialog that the stage calls.
#pragma once

#include "client/ui/ui.h"

namespace doorstep {

// At the end of a pass: the dialog that was asked for in it, above everything.
void draw_dialog(Ui& ui);

}  // namespace doorstep
