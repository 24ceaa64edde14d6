#include "forms/xpath/dates.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include "forms/base/calendar.h"

namespace doorstep::xpath {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// Years 1 to 9999: what the calendar can write.
constexpr double first_day = -719'162;
constexpr double last_day = 2'932'896;

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Takes exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count)
        return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c)
        return false;
    text.remove_prefix(1);
    return true;
}

// The digits after a point: "25" is 250 ms; what is finer is cut off.
std::optional<int> take_fraction(std::string_view& text) {
    int value = 0;
    int digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1))
        if (digits < 3) {
            value = value * 10 + (text.front() - '0');
            ++digits;
        }
    if (digits == 0)
        return std::nullopt;
    for (; digits < 3; ++digits)
        value *= 10;
    return value;
}

// "18:13", "18:13:08", "18:13:08.123".
std::optional<std::int64_t> take_clock(std::string_view& text) {
    const auto hour = take_digits(text, 2);
    if (!hour || !take(text, ':'))
        return std::nullopt;
    const auto minute = take_digits(text, 2);
    std::optional<int> second = 0;
    std::optional<int> ms = 0;
    if (minute && take(text, ':')) {
        second = take_digits(text, 2);
        if (second && take(text, '.'))
            ms = take_fraction(text);
    }
    if (!minute || !second || !ms || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    return ((*hour * 60LL + *minute) * 60 + *second) * 1000 + *ms;
}

struct Offset {
    bool given = false;
    int minutes = 0;
};

// Z, +01:00, +0100, +01 or nothing, to the end of the text.
std::optional<Offset> take_offset(std::string_view text) {
    if (text.empty())
        return Offset{};
    if (text == "Z" || text == "z")
        return Offset{true, 0};
    const bool west = text.front() == '-';
    if (!take(text, '-') && !take(text, '+'))
        return std::nullopt;
    const auto hours = take_digits(text, 2);
    take(text, ':');
    const auto minutes = text.empty() ? std::optional(0) : take_digits(text, 2);
    if (!hours || !minutes || !text.empty() || *hours > 23 || *minutes > 59)
        return std::nullopt;
    const int away = *hours * 60 + *minutes;
    return Offset{true, west ? -away : away};
}

Date at_local(std::int64_t local) {
    return {static_cast<double>(local) / day_ms, true};
}

// A clock reading on a day, with or without an offset.
Date joined(Day day, std::int64_t of_day, const Offset& offset, const Zone& zone) {
    const std::int64_t there = day.start_ms() + of_day;
    return offset.given ? date_of_instant(there - offset.minutes * 60'000LL, zone) : at_local(there);
}

bool whole(double days) {
    return std::abs(days - std::round(days)) * day_ms < 0.5;
}

}  // namespace

Date invalid_date() {
    return {std::numeric_limits<double>::quiet_NaN(), false};
}

std::optional<Date> parse_date(std::string_view text, const Zone& zone) {
    text = trimmed(text);
    const auto day = Day::parse(text.substr(0, 10));
    if (!day || day->since_1970 < first_day)
        return std::nullopt;
    if (text.size() == 10)
        return Date{static_cast<double>(day->since_1970), false};
    text.remove_prefix(10);
    if (!take(text, 'T'))
        return std::nullopt;
    const auto clock = take_clock(text);
    const auto offset = clock ? take_offset(text) : std::nullopt;
    if (!offset)
        return std::nullopt;
    return joined(*day, *clock, *offset, zone);
}

std::optional<Date> parse_printed_date(std::string_view text, const Zone& zone) {
    if (auto iso = parse_date(text, zone))
        return iso;
    text = trimmed(text);
    if (text.size() < 33 || text[3] != ' ' || text[7] != ' ')
        return std::nullopt;
    unsigned month = 0;
    while (month < months.size() && months[month] != text.substr(4, 3))
        ++month;
    std::string_view rest = text.substr(8);
    const auto number = take_digits(rest, 2);
    const auto year = take(rest, ' ') ? take_digits(rest, 4) : std::nullopt;
    if (month == months.size() || !number || !year || !take(rest, ' '))
        return std::nullopt;
    const auto day = Day::parse(fmt::format("{:04}-{:02}-{:02}", *year, month + 1, *number));
    const auto clock = take_clock(rest);
    if (!day || !clock || !rest.starts_with(" GMT"))
        return std::nullopt;
    const auto offset = take_offset(rest.substr(4, 5));
    if (!offset)
        return std::nullopt;
    return joined(*day, *clock, *offset, zone);
}

std::optional<std::int64_t> parse_time(std::string_view text, const Zone& zone) {
    text = trimmed(text);
    const auto clock = take_clock(text);
    const auto offset = clock ? take_offset(text) : std::nullopt;
    if (!offset)
        return std::nullopt;
    if (!offset->given)
        return clock;
    constexpr auto day = static_cast<std::int64_t>(day_ms);
    const std::int64_t here = *clock + (zone.offset_minutes - offset->minutes) * 60'000LL;
    return ((here % day) + day) % day;
}

Date date_of_instant(std::int64_t at_ms, const Zone& zone) {
    return at_local(at_ms + zone.offset_at(at_ms) * 60'000LL);
}

Date today(std::int64_t at_ms, const Zone& zone) {
    return {static_cast<double>(Day::at(at_ms, zone.offset_at(at_ms)).since_1970), false};
}

Date date_of_number(double days, const Zone& zone, bool keep_time) {
    if (!(days > first_day && days < last_day))
        return invalid_date();
    const double ms = std::round(days * day_ms);
    const double local = (ms + zone.offset_minutes * 60'000.0) / day_ms;
    if (whole(local))
        return {std::round(local), false};
    if (!keep_time && zone.clock) {
        const auto there = zone.offset_at(static_cast<std::int64_t>(ms));
        const double own = (ms + there * 60'000.0) / day_ms;
        if (whole(own))
            return {std::round(own), false};
    }
    return {local, true};
}

std::int64_t local_ms(const Date& date) {
    return std::llround(date.days * day_ms);
}

int offset_of_local(std::int64_t local, const Zone& zone) {
    const int first = zone.offset_at(local - zone.offset_minutes * 60'000LL);
    return zone.offset_at(local - first * 60'000LL);
}

std::string date_text(const Date& date, const Zone& zone) {
    if (std::isnan(date.days))
        return "Invalid Date";
    const std::int64_t local = local_ms(date);
    if (!date.has_time)
        return Day::at(local, 0).text();
    const int offset = offset_of_local(local, zone);
    return instant_text(local - offset * 60'000LL, offset);
}

Result<std::string> format_date(const Date& date, std::string_view format) {
    const std::int64_t local = local_ms(date);
    const Day day = Day::at(local, 0);
    const std::chrono::sys_days days{std::chrono::days{day.since_1970}};
    const std::chrono::year_month_day parts{days};
    const auto year = static_cast<int>(parts.year());
    const auto month = static_cast<unsigned>(parts.month());
    const auto number = static_cast<unsigned>(parts.day());
    const std::int64_t clock = date.has_time ? local - day.start_ms() : 0;
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            out += format[i];
            continue;
        }
        switch (format[++i]) {
        case '%':
            out += '%';
            break;
        case 'Y':
            out += fmt::format("{:04}", year);
            break;
        case 'y':
            out += fmt::format("{:02}", year % 100);
            break;
        case 'm':
            out += fmt::format("{:02}", month);
            break;
        case 'n':
            out += fmt::format("{}", month);
            break;
        case 'b':
            out += months[month - 1];
            break;
        case 'd':
            out += fmt::format("{:02}", number);
            break;
        case 'e':
            out += fmt::format("{}", number);
            break;
        case 'H':
            out += fmt::format("{:02}", clock / 3'600'000);
            break;
        case 'h':
            out += fmt::format("{}", clock / 3'600'000);
            break;
        case 'M':
            out += fmt::format("{:02}", clock / 60'000 % 60);
            break;
        case 'S':
            out += fmt::format("{:02}", clock / 1000 % 60);
            break;
        case '3':
            out += fmt::format("{:03}", clock % 1000);
            break;
        case 'a':
            out += weekdays[std::chrono::weekday{days}.c_encoding()];
            break;
        default:
            return Error{Fault::bad_input, fmt::format("\"%{}\" is no part of a date format.", format[i]),
                         "Use %Y %y %m %n %b %d %e %H %h %M %S %3 %a."};
        }
    }
    return out;
}

}  // namespace doorstep::xpath
