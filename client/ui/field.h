// Fields that are typed into: text of any script, numbers, dates.  What is typed is
// local until the screen says it as an intent; nothing ever refuses typing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/ui/edit.h"
#include "client/ui/ui.h"

namespace doorstep {

// What only the field knows.
struct FieldLocal {
    std::string text;       // UTF-8; pasted control characters but newlines are kept and shown as symbols
    std::size_t caret = 0;  // byte offset, at a grapheme boundary
    bool mine = false;      // typed into since it was last taken over from the view
    float scrolled_px = 0;
    bool focused = false;            // in the last frame
    std::int64_t touched_at_us = 0;  // last typed into or tapped: the caret blinks from then
    Told told;
};

// For a text field whose text comes from a view: takes the view's text over unless what was
// typed here is newer.  Call it before text_field(), and tell() with what is said as an intent.
void follow(FieldLocal& local, std::string_view value, bool in_focus);
void tell(FieldLocal& local);

struct FieldLook {
    int lines = 1;  // in sight; more scroll inside the field
    Keyboard keyboard = Keyboard::letters;
    std::string hint;  // shown while empty
    bool error = false;
};

struct FieldTold {
    bool changed = false;  // the text changed in this frame
    bool entered = false;  // Enter in a one-line field
    bool left = false;     // focus went elsewhere, or "Done" on our keyboard
};

// `id` is unique on the screen; `label` is its mark and stands above it when `show_label`.
FieldTold text_field(Ui& ui, std::string_view id, std::string_view label, FieldLocal& local,
                     const FieldLook& look = {}, bool show_label = true);

// Minus, the number, plus; a tap on the number opens the pad.  Returns the new text when
// it changed ("" when emptied).  A decimal comma is told as a point.  Marks: `label`,
// "Fewer: label", "More: label".
std::optional<std::string> number_field(Ui& ui, std::string_view id, std::string_view label,
                                        std::string_view value, FieldLocal& local,
                                        std::optional<std::int64_t> least = {},
                                        std::optional<std::int64_t> most = {}, bool decimal = false,
                                        bool error = false, bool show_label = true);

// Day, month, year with "Today"; value and result are "2026-11-21", "" until it is a day
// of the calendar.  Marks: "Day: label", "Month: label", "Year: label", "Today: label".
struct DateLocal {
    FieldLocal day, month, year;
    Told told;
};
std::optional<std::string> date_field(Ui& ui, std::string_view id, std::string_view label,
                                      std::string_view value, DateLocal& local, std::string_view today,
                                      bool error = false, bool show_label = true);

}  // namespace doorstep
