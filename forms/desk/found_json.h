// Diagnostics as JSON, in the shape that editors and other programs read.
#pragma once

#include <string>

#include "forms/base/diagnostic.h"

namespace doorstep {

// A list of {code, severity, file, sheet, row, column{header, letter}, value,
// what, why, mend, related: [{sheet, row}]}; what is unknown is null.
std::string found_json(const Diagnostics& found);

}  // namespace doorstep
