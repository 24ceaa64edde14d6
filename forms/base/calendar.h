// Days at the door, and instants as text.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorstep {

// A calendar day without a zone: the local day at the door.
struct Day {
    std::int32_t since_1970 = 0;  // 1970-01-01 is 0; days before are negative

    static Day of(int year, unsigned month, unsigned day);  // REQUIRES: a valid date
    // "2013-06-08"; nothing for any other text or an impossible date.
    static std::optional<Day> parse(std::string_view text);
    // The local day of an instant, offset in minutes east of UTC.
    static Day at(std::int64_t at_ms, int offset_minutes);

    std::string text() const;  // "2013-06-08"
    // Midnight at the start of the day in UTC, in milliseconds.
    std::int64_t start_ms() const { return std::int64_t{since_1970} * 86'400'000; }
    Day plus(int days) const { return {since_1970 + days}; }

    auto operator<=>(const Day&) const = default;
};

// "2013-06-08T14:05:00.000+01:00"
std::string instant_text(std::int64_t at_ms, int offset_minutes);

}  // namespace doorstep
