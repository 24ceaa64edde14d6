// What every widget leaves behind: tests find it by its label, checks measure it,
// a screen reader could read it.
#pragma once

#include <cstdint>
#include <string>

#include "client/draw/type.h"
#include "client/ui/geometry.h"

namespace doorstep {

enum class Role : std::uint8_t {
    button,
    row,
    tile,
    radio,
    checkbox,
    tab,
    field,
    key,      // of the on-screen keyboard
    heading,  // from here on: not to be tapped
    text,
    status,
    chart
};
constexpr bool can_be_tapped(Role role) {
    return role < Role::heading;
}

struct Mark {
    std::string label = {};
    Role role = Role::text;
    Rect rect = {};  // the target, or the box of a text
    Rect clip = {};  // what of the screen it may be seen in
    bool enabled = true;
    bool checked = false;
    bool focused = false;
    std::string value = {};   // of a field
    std::string scroll = {};  // id of the scroll region it lies in; empty
    Rect ink = {};            // texts: where glyphs are; must lie inside rect
    float baseline = 0;       // texts on one line, px
    Colour text_ink = {};     // texts: what is drawn on what
    Colour ground = {};
    int unknown_glyphs = 0;
};

}  // namespace doorstep
