// What the fields share; of this room only.
#pragma once

#include <string_view>

#include "client/ui/field.h"

namespace doorstep {

// A field without its label, in a box.
FieldTold field_in(Ui& ui, const Rect& box, std::string_view id, std::string_view label, FieldLocal& local,
                   const FieldLook& look, Align align = Align::start);
float field_height(Ui& ui, int lines);
// The label above a field, and its rules below the label.
void field_label(Ui& ui, std::string_view label, std::string_view hint = {});
void field_ground(Ui& ui, const Rect& box, bool focused, bool error);
// Blinks for a while after what was done there last.
void field_caret(Ui& ui, std::int64_t touched_at_us, const Rect& at);
// Pieces of those widths with `gap_px` between, from the start edge of `box`.
std::vector<Rect> in_a_row(const Ui& ui, const Rect& box, const std::vector<float>& widths, float gap_px);

}  // namespace doorstep
