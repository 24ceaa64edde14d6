// Dates and times of day as forms write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/xpath/value.h"

namespace doorstep::xpath {

inline constexpr double day_ms = 86'400'000;

// "2024-05-01", "2024-05-01T12:30", "...:15.250", with Z or +01:00 at the end or
// neither (local); nothing for any other text or an impossible date.
std::optional<Date> parse_date(std::string_view text, const Zone& zone);
// The same, and "Fri May 01 2026 18:13:08 GMT-0700 (...)", as browsers print dates.
std::optional<Date> parse_printed_date(std::string_view text, const Zone& zone);
// "18:13", "18:13:08.5", with Z, +01:00 or neither: local milliseconds since midnight.
std::optional<std::int64_t> parse_time(std::string_view text, const Zone& zone);

Date invalid_date();
Date date_of_instant(std::int64_t at_ms, const Zone& zone);
Date today(std::int64_t at_ms, const Zone& zone);
// Days since 1970-01-01 UTC.  `keep_time` false takes the midnights of summer and
// winter for midnight, so that a date plus some days is a date.
Date date_of_number(double days, const Zone& zone, bool keep_time);

// Milliseconds since 1970-01-01T00:00 of the local calendar.  REQUIRES: not NaN.
std::int64_t local_ms(const Date& date);
// The offset in force at a local time.
int offset_of_local(std::int64_t local, const Zone& zone);
std::string date_text(const Date& date, const Zone& zone);
// %Y %y %m %n %b %d %e %H %h %M %S %3 %a and %%; an error for another letter.
Result<std::string> format_date(const Date& date, std::string_view format);

}  // namespace doorstep::xpath
