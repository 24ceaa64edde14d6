// Small files beside the store: where one was, how the screen looks.  Replaced as a
// whole and on disk when ok is returned; a reader sees the old text or the new one.
#pragma once

#include <cstddef>
#include <string>

#include "forms/base/result.h"

namespace doorstep {

// Empty for a file that is not there, cannot be read or is longer than `most` bytes:
// these files are for comfort, and what was in them is chosen again.
std::string read_kept(const std::string& path, std::size_t most = 64 * 1024);
Result<void> write_kept(const std::string& path, const std::string& text);

}  // namespace doorstep
