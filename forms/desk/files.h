// Whole files in and out, for the desk.
#pragma once

#include <string>

#include "forms/base/result.h"

namespace doorstep {

// Errors: not_found, bad_input (above 64 MiB), not_writable for what the system
// refuses.  The text names the file as it was given.
Result<std::string> read_file(const std::string& path);
// Replaces the file as a whole: a reader sees the old text or the new one.
Result<void> write_file(const std::string& path, const std::string& text);

}  // namespace doorstep
