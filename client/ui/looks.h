// Measures that several widgets of this room share.
#pragma once

#include <string_view>

#include "client/ui/button.h"
#include "client/ui/ui.h"

namespace doorstep {

// The side of the fixed square in which an icon beside words is centred.
float icon_square(const Ui& ui);
// Lines between things: weaker than the border of what can be touched.
Colour divider(const Ui& ui);
float line_mm(const Ui& ui);
// How high a box must be for these words: scripts whose lines are tall need that between
// their lines, not around a single one.
float words_height(const Ui& ui, std::string_view words, Type type, float width_px);
float button_height(const Ui& ui, std::string_view label, ButtonLook look, Icon icon, float width_px);
float button_width(const Ui& ui, std::string_view label, ButtonLook look);

}  // namespace doorstep
