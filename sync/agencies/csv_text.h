// CSV as it leaves us: RFC 4180, and nothing that a spreadsheet would take for a formula.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace doorstep {

// A value that begins with = + - @, a tab or a carriage return gets a ' before it.
std::string csv_cell(std::string_view value);
// Ends with CR LF.
std::string csv_row(std::span<const std::string> cells);

}  // namespace doorstep
