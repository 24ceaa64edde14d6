// Radios, checkboxes: the answers of a question, with ticks in the margin of one edge.
#pragma once

#include <string>
#include <string_view>

#include "client/ui/ui.h"

namespace doorstep {

// At least 12 mm high, the width of the column, with the gap to the next below it;
// chosen = tick, bold, pale ground.  True when tapped.
// `mark_label`: what the mark is called where two choices of a page read alike
// ("Yes (Does anyone here smoke?)"); empty: the label.
bool radio(Ui& ui, std::string_view label, bool chosen, bool enabled = true,
           std::string_view mark_label = {});
bool checkbox(Ui& ui, std::string_view label, bool checked, bool enabled = true,
              std::string_view mark_label = {});

}  // namespace doorstep
