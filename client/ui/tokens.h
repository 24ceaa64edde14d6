// Sizes and colours: the one file to change them.  Every pair of text and ground
// that a widget may use is listed in text_pairs() and is at least 7:1 (WCAG 2).
#pragma once

#include <span>

#include "client/draw/type.h"
#include "client/view/choice_of.h"

namespace doorstep {

// Millimetres.
namespace mm {
inline constexpr float target_min = 9;
inline constexpr float gap_min = 2;
inline constexpr float button = 12;  // choices and fields too
inline constexpr float row = 14;
inline constexpr float tile = 26;
inline constexpr float header = 13;
inline constexpr float key_width = 11;
inline constexpr float key_height = 10.5f;
inline constexpr float margin = 6;
inline constexpr float margin_narrow = 4;  // screens under 130 mm wide
inline constexpr float column_max = 130;
inline constexpr float tick = 7;
inline constexpr float line = 0.25f;
inline constexpr float line_strong = 0.6f;  // chosen; every line in sunlight
inline constexpr float ring_outer = 0.9f;
inline constexpr float ring_inner = 0.5f;
inline constexpr float ring_air = 0.4f;  // between what has the focus and its ring
}  // namespace mm

struct Palette {
    Colour background, surface;
    Colour text, second;
    Colour primary, on_primary;
    Colour link;
    Colour selected, on_selected;
    Colour error, error_ground;
    Colour warning, warning_ground;
    Colour good, good_ground;
    Colour border;  // lines only, never a ground for text
    Colour chosen_ground;
    Colour pressed, on_pressed;
    Colour paper, paper_text, paper_second;
    Colour ring, ring_inner;
};
const Palette& palette(Theme theme);

struct TextPair {
    const char* name;
    Colour ink;
    Colour ground;
};
std::span<const TextPair> text_pairs(Theme theme);
double contrast(Colour ink, Colour ground);  // 1..21

}  // namespace doorstep
