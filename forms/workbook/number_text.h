// What a spreadsheet shows for a number that it keeps: a number, or a day and time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doorstep {

// What a number format makes of a number, as far as it matters to a form.
enum class NumberKind { number, date, time, date_time, elapsed };

// Of a format that the workbook brings along: "yyyy\-mm\-dd", "[h]:mm".
NumberKind number_kind(std::string_view format);
// Of a format that every spreadsheet program knows by its number.
NumberKind built_in_number_kind(int id);

// "1" for 1.0, "0.3" for 0.30000000000000004; never an exponent for what is usual.
// Nothing for text that is no number.
std::optional<std::string> number_text(std::string_view stored);
// "2013-06-08", "14:05:00", "2013-06-08T14:05:00"; days count from 1900 or 1904.
// Nothing when the number is no day of this calendar.
std::optional<std::string> date_text(std::string_view stored, NumberKind kind, bool from_1904);

}  // namespace doorstep
