// The free checks: what must hold of the marks of every settled frame, in every theme,
// size and shape.
#pragma once

#include <string>
#include <vector>

#include "client/ui/mark.h"
#include "client/ui/ui.h"

namespace doorstep {

struct MarkFault {
    std::string what;   // "target under 9 mm", "gap under 2 mm", "text wider than its box" ...
    std::string label;  // of the mark; may be personal in a real app: tests only
};

// Targets >= 9x9 mm, gaps >= 2 mm between targets in sight (keys: touching is allowed when
// each is >= 9 mm), no overlap of targets, no text outside its box or clipped other than by
// scrolling, labels not empty, no two visible targets with the same label and role, whole
// pixels, 0 unknown glyphs, text on ground >= 7:1.
std::vector<MarkFault> faults(const std::vector<Mark>& marks, const Rect& screen, float px_per_mm);

}  // namespace doorstep
