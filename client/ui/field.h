// Fields that are typed into: text of any script, numbers, dates.  What is typed is
// local until the screen says it as an intent; nothing ever refuses typing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/ui/ui.h"

namespace doorstep {

// What only the field knows.
struct FieldLocal {
    std::string text;       // UTF-8; pasted control characters but newlines are kept and shown as symbols
    std::size_t caret = 0;  // byte offset, at a grapheme boundary
    bool mine = false;      // typed into since it was last taken over from the view
    float scrolled_px = 0;
};

struct FieldLook {
    int lines = 1;  // in sight; more scroll inside the field
    Keyboard keyboard = Keyboard::letters;
    std::string hint;  // shown while empty
    bool error = false;
};

struct FieldTold {
    bool changed = false;  // the text changed in this frame
    bool entered = false;  // Enter, or Done on our keyboard
    bool left = false;     // focus went elsewhere
};

// `id` is unique on the screen; `label` is its mark and stands above it when `show_label`.
FieldTold text_field(Ui& ui, std::string_view id, std::string_view label, FieldLocal& local,
                     const FieldLook& look = {}, bool show_label = true);

// Minus, the number, plus; a tap on the number opens the pad.  Returns the new text when
// it changed ("" when emptied).
std::optional<std::string> number_field(Ui& ui, std::string_view id, std::string_view label,
                                        std::string_view value, FieldLocal& local,
                                        std::optional<std::int64_t> least = {},
                                        std::optional<std::int64_t> most = {}, bool decimal = false,
                                        bool error = false);

// Day, month, year with "Today"; value and result are "2026-11-21".
struct DateLocal {
    FieldLocal day, month, year;
};
std::optional<std::string> date_field(Ui& ui, std::string_view id, std::string_view label,
                                      std::string_view value, DateLocal& local, std::string_view today,
                                      bool error = false);

}  // namespace doorstep
