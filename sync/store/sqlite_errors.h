// What SQLite says, in words that tell what to do.
#pragma once

#include <string>

#include "forms/base/result.h"

namespace doorstep {

// `code`: SQLite's, extended; `system_error`: errno where it is known, else 0.  `path` names the file.
Error sqlite_error(int code, int system_error, const std::string& path);

// not_writable: the file, or the folder in which its log stands, cannot be written.
Result<void> check_writable(const std::string& path);

}  // namespace doorstep
