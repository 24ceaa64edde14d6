#include "forms/workbook/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "forms/base/calendar.h"

namespace doorstep {
namespace {

// Spreadsheets keep 15 digits; the rest of a double is noise that nobody typed.
constexpr int digits_kept = 15;
// Longer numbers are nobody's answer; they keep their exponent.
constexpr double plain_max = 1e21;

std::optional<double> parsed(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

bool all_digits(std::string_view text) {
    return !text.empty() && text.size() <= 20 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The letters of a format that stand for parts of a date; text in quotes, escaped
// characters, fillers and [conditions] stand for themselves.
std::string date_letters(std::string_view format, bool& elapsed) {
    std::string letters;
    for (std::size_t at = 0; at < format.size() && format[at] != ';'; ++at) {
        const char c = format[at];
        if (c == '"') {
            at = std::min(format.find('"', at + 1), format.size());
        } else if (c == '\\' || c == '_' || c == '*') {
            ++at;
        } else if (c == '[') {
            const std::size_t close = std::min(format.find(']', at), format.size());
            const std::string_view inside = format.substr(at + 1, close - at - 1);
            elapsed =
                elapsed || (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos);
            at = close;
        } else {
            letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return letters;
}

std::string clock_text(std::int64_t seconds) {
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

NumberKind number_kind(std::string_view format) {
    bool elapsed = false;
    const std::string letters = date_letters(format, elapsed);
    if (elapsed)
        return NumberKind::elapsed;
    if (letters == "general")
        return NumberKind::number;
    const bool clock = letters.find_first_of("hs") != std::string::npos;
    const bool day = letters.find_first_of("yd") != std::string::npos ||
                     (!clock && letters.find('m') != std::string::npos);
    if (day)
        return clock ? NumberKind::date_time : NumberKind::date;
    return clock ? NumberKind::time : NumberKind::number;
}

NumberKind built_in_number_kind(int id) {
    const auto within = [id](int from, int to) { return id >= from && id <= to; };
    if (id == 22)
        return NumberKind::date_time;
    if (id == 46)
        return NumberKind::elapsed;
    if (within(18, 21) || within(32, 35) || id == 45 || id == 47 || within(55, 56))
        return NumberKind::time;
    if (within(14, 17) || within(27, 31) || id == 36 || within(50, 54) || within(57, 58))
        return NumberKind::date;
    return NumberKind::number;
}

std::optional<std::string> number_text(std::string_view stored) {
    if (all_digits(stored) && (stored.size() == 1 || stored[0] != '0'))
        return std::string(stored);
    const auto number = parsed(stored);
    if (!number)
        return std::nullopt;
    if (*number == 0)
        return "0";
    std::string text = fmt::format("{:.{}g}", *number, digits_kept);
    if (text.find('e') == std::string::npos || std::fabs(*number) >= plain_max)
        return text;
    // What has an exponent is written out, with as many decimals as its digits need.
    const double rounded = parsed(text).value_or(*number);
    text = fmt::format("{}", rounded);
    const int decimals = digits_kept - 1 - static_cast<int>(std::floor(std::log10(std::fabs(rounded))));
    if (text.find('e') != std::string::npos)
        text = fmt::format("{:.{}f}", rounded, std::clamp(decimals, 0, 40));
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.')
            text.pop_back();
    }
    return text;
}

std::optional<std::string> date_text(std::string_view stored, NumberKind kind, bool from_1904) {
    constexpr double last_day = 2'958'465;  // the end of the year 9999, where spreadsheets end
    constexpr std::int64_t day_seconds = 86'400;
    const auto number = parsed(stored);
    if (!number || *number < 0 || *number > last_day)
        return std::nullopt;
    const auto seconds = static_cast<std::int64_t>(std::llround(*number * static_cast<double>(day_seconds)));
    if (kind == NumberKind::elapsed)
        return clock_text(seconds);
    const std::string clock = clock_text(seconds % day_seconds);
    if (kind == NumberKind::time)
        return clock;
    auto days = static_cast<int>(seconds / day_seconds);
    if (!from_1904 && days == 0)
        return kind == NumberKind::date_time ? std::optional(clock) : std::nullopt;
    // Day 60 of 1900 is a 29th of February that never was.
    if (!from_1904 && days == 60)
        return std::nullopt;
    const Day first = from_1904 ? Day::of(1904, 1, 1) : Day::of(1899, 12, days < 60 ? 31 : 30);
    const std::string day = first.plus(days).text();
    return kind == NumberKind::date_time ? day + "T" + clock : day;
}

}  // namespace doorstep
