#include "client/ui/edit.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace doorstep {

namespace {

constexpr std::string_view break_symbol = "\xC2\xB6";  // pilcrow
constexpr std::size_t waiting_at_most = 64;

unsigned char byte_of(char c) {
    return static_cast<unsigned char>(c);
}
bool continues(char c) {
    return (byte_of(c) & 0xC0) == 0x80;
}

// Bytes of the line break that `text` begins with: CR LF counts as one; 0: none.
std::size_t line_break(std::string_view text) {
    for (const std::string_view sign :
         {"\r\n", "\n", "\r", "\v", "\f", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"})
        if (text.starts_with(sign))
            return sign.size();
    return 0;
}

std::size_t line_start(std::string_view text, std::size_t caret) {
    const std::size_t found = caret == 0 ? std::string_view::npos : text.rfind('\n', caret - 1);
    return found == std::string_view::npos ? 0 : found + 1;
}
std::size_t line_end(std::string_view text, std::size_t caret) {
    return std::min(text.find('\n', caret), text.size());
}

Edited erase(std::string& text, std::size_t& caret, std::size_t from, std::size_t to) {
    if (from >= to)
        return Edited::nothing;
    text.erase(from, to - from);
    caret = from;
    return Edited::changed;
}

Edited insert(std::string& text, std::size_t& caret, std::string_view piece) {
    if (piece.empty())
        return Edited::nothing;
    text.insert(caret, piece);
    caret += piece.size();
    return Edited::changed;
}

Edited move_to(std::size_t& caret, std::size_t to) {
    if (caret == to)
        return Edited::nothing;
    caret = to;
    return Edited::moved;
}

}  // namespace

OnOneLine::OnOneLine(std::string_view real) {
    text_.reserve(real.size());
    for (std::size_t at = 0; at < real.size();) {
        const std::size_t size = line_break(real.substr(at));
        if (size == 0) {
            text_ += real[at++];
            continue;
        }
        swaps_.push_back({at, size, text_.size(), break_symbol.size()});
        text_ += break_symbol;
        at += size;
    }
}

std::size_t OnOneLine::from_real(std::size_t byte) const {
    std::size_t shown = byte;
    for (const Swap& swap : swaps_) {
        if (swap.real + swap.real_size > byte)
            return byte > swap.real ? swap.shown : shown;
        shown = swap.shown + swap.shown_size + (byte - swap.real - swap.real_size);
    }
    return std::min(shown, text_.size());
}

std::size_t OnOneLine::to_real(std::size_t byte) const {
    std::size_t real = byte;
    for (const Swap& swap : swaps_) {
        if (swap.shown + swap.shown_size > byte)
            return byte > swap.shown ? swap.real : real;
        real = swap.real + swap.real_size + (byte - swap.shown - swap.shown_size);
    }
    return real;
}

std::size_t caret_within(std::string_view text, std::size_t caret) {
    caret = std::min(caret, text.size());
    while (caret > 0 && caret < text.size() && continues(text[caret]))
        --caret;
    return caret;
}

Edited edit(std::string& text, std::size_t& caret, const Keystroke& typed, bool one_line) {
    caret = caret_within(text, caret);
    if (typed.key == Key::none)
        return insert(text, caret, typed.text);
    const auto before = [&] { return Paragraphs::previous_grapheme(text, caret); };
    const auto after = [&] { return Paragraphs::next_grapheme(text, caret); };
    switch (typed.key) {
    case Key::backspace:
        return caret == 0 ? Edited::nothing : erase(text, caret, before(), caret);
    case Key::del:
        return caret == text.size() ? Edited::nothing : erase(text, caret, caret, after());
    case Key::left:
        return caret == 0 ? Edited::nothing : move_to(caret, before());
    case Key::right:
        return caret == text.size() ? Edited::nothing : move_to(caret, after());
    case Key::home:
        return move_to(caret, line_start(text, caret));
    case Key::end:
        return move_to(caret, line_end(text, caret));
    case Key::enter:
        return one_line ? Edited::entered : insert(text, caret, "\n");
    case Key::space:
        return insert(text, caret, " ");
    case Key::escape:
        return Edited::dismissed;
    default:
        return Edited::nothing;
    }
}

void Told::say(std::string_view text) {
    waiting_.emplace_back(text);
    if (waiting_.size() > waiting_at_most)
        waiting_.erase(waiting_.begin());
}

bool Told::news(std::string_view value) {
    if (seen_ && *seen_ == value) {
        // Views between may have been skipped: this one may be the last thing said already.
        if (!waiting_.empty() && waiting_.back() == value)
            waiting_.clear();
        return false;
    }
    seen_ = value;
    const auto said = std::find(waiting_.begin(), waiting_.end(), value);
    if (said == waiting_.end()) {
        waiting_.clear();
        return true;
    }
    waiting_.erase(waiting_.begin(), said + 1);
    return false;
}

namespace {

struct Number {
    std::int64_t whole = 0;
    std::string fraction;  // with its point, as typed
    bool negative = false;
};

std::optional<Number> read_number(std::string_view text) {
    Number number;
    number.negative = text.starts_with('-');
    const std::size_t point = std::min(text.find_first_of(".,"), text.size());
    const std::string_view whole = text.substr(0, point);
    const auto [end, fault] = std::from_chars(whole.data(), whole.data() + whole.size(), number.whole);
    if (fault != std::errc{} || end != whole.data() + whole.size())
        return std::nullopt;
    number.fraction = text.substr(point);
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!number.fraction.empty() && !std::all_of(number.fraction.begin() + 1, number.fraction.end(), digit))
        return std::nullopt;
    return number;
}

bool has_parts(const Number& number) {
    return number.fraction.find_first_of("123456789") != std::string::npos;
}

std::optional<std::string> first_step(int by, std::optional<std::int64_t> least,
                                      std::optional<std::int64_t> most) {
    std::int64_t first = by > 0 ? 1 : 0;
    if (by < 0 && least && *least > 0)
        return std::nullopt;
    if (least)
        first = std::max(first, *least);
    if (most)
        first = std::min(first, *most);
    return std::to_string(first);
}

}  // namespace

std::optional<std::string> stepped(std::string_view text, int by, std::optional<std::int64_t> least,
                                   std::optional<std::int64_t> most) {
    if (text.empty())
        return first_step(by, least, most);
    const std::optional<Number> number = read_number(text);
    std::int64_t next = 0;
    if (!number || __builtin_add_overflow(number->whole, static_cast<std::int64_t>(by), &next))
        return std::nullopt;
    // A fraction of the other sign would have to be turned round: -0.5 + 1 is left to typing.
    if (has_parts(*number) && (number->negative ? number->whole + by >= 0 : next < 0))
        return std::nullopt;
    std::string fraction = number->fraction;
    const bool parts_over = has_parts(*number) && !number->negative;
    const bool parts_under = has_parts(*number) && number->negative;
    if (most && (next > *most || (next == *most && parts_over))) {
        next = *most;
        fraction.clear();
    }
    if (least && (next < *least || (next == *least && parts_under))) {
        next = *least;
        fraction.clear();
    }
    // Beyond a bound a press only ever leads back, never further or across.
    const bool forward = by > 0 ? next > number->whole || (next == number->whole && parts_under)
                                : next < number->whole || (next == number->whole && parts_over);
    if (!forward)
        return std::nullopt;
    return std::to_string(next) + fraction;
}

namespace {

std::optional<int> read_part(std::string_view text, std::size_t least_digits, std::size_t most_digits) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.size() < least_digits || text.size() > most_digits || fault != std::errc{} ||
        end != text.data() + text.size() || value < 1)
        return std::nullopt;
    return value;
}

int days_in(int month, int year) {
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

std::string iso_date(const DateParts& parts) {
    const std::optional<int> day = read_part(parts.day, 1, 2);
    const std::optional<int> month = read_part(parts.month, 1, 2);
    const std::optional<int> year = read_part(parts.year, 4, 4);
    if (!day || !month || !year || *month > 12 || *day > days_in(*month, *year))
        return {};
    return fmt::format("{:04}-{:02}-{:02}", *year, *month, *day);
}

DateParts date_parts(std::string_view iso) {
    if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-')
        return {};
    const DateParts parts{std::string(iso.substr(8, 2)), std::string(iso.substr(5, 2)),
                          std::string(iso.substr(0, 4))};
    return iso_date(parts) == iso ? parts : DateParts{};
}

}  // namespace doorstep
