// What typing does to a text, stepping to a number, and day, month and year to a date:
// pure, without a screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/ui.h"

namespace doorstep {

// A text with its line breaks as pilcrows, as a one-line field shows it.  The text itself
// keeps its bytes.
class OnOneLine {
public:
    explicit OnOneLine(std::string_view real);

    const std::string& text() const { return text_; }
    std::size_t from_real(std::size_t byte) const;
    std::size_t to_real(std::size_t byte) const;

private:
    struct Swap {
        std::size_t real, real_size;
        std::size_t shown, shown_size;
    };

    std::string text_;
    std::vector<Swap> swaps_;
};

enum class Edited : std::uint8_t { nothing, moved, changed, entered, dismissed };
// Applies one key or text at the caret.  `up` and `down` need a layout and do nothing here.
Edited edit(std::string& text, std::size_t& caret, const Keystroke& typed, bool one_line);
// The nearest byte at or before `caret` where a code point begins.
std::size_t caret_within(std::string_view text, std::size_t caret);

// What a field said and its view has not shown yet, so that an older view does not undo
// what was just typed.
class Told {
public:
    void say(std::string_view text);
    // Whether the view holds something new that this field did not say.
    bool news(std::string_view value);
    // Whether everything said has come back.
    bool caught_up() const { return waiting_.empty(); }

private:
    std::optional<std::string> seen_;
    std::vector<std::string> waiting_;
};

// The number after one press of "More" (by = 1) or "Fewer" (-1); nothing when there is no
// further to go, or when `text` is not a number: what was typed is not thrown away.
// Empty: "More" gives 1 or the least, "Fewer" gives 0 where that is allowed.
std::optional<std::string> stepped(std::string_view text, int by, std::optional<std::int64_t> least,
                                   std::optional<std::int64_t> most);

struct DateParts {
    std::string day, month, year;
};
// "2026-11-21" for a day that is in the calendar, with a year of four digits; else "".
std::string iso_date(const DateParts& parts);
DateParts date_parts(std::string_view iso);  // empty parts for anything but an ISO date

}  // namespace doorstep
