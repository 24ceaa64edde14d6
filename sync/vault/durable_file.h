// Small files that must be whole after a power cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "forms/base/result.h"

namespace doorstep {

// The whole content or the whole of what stood there before, whatever happens meanwhile;
// on the disk when it returns.  Errors: disk_full, not_writable; the old file stands.
Result<void> write_durably(const std::string& file, std::string_view content, unsigned mode);
// The same, and what stood there before is overwritten where it lay.  A promise about
// the file system only: flash may keep a copy that nobody can reach through it.
Result<void> replace_and_wipe(const std::string& file, std::string_view content, unsigned mode);

// Whole lines at the end of a file, made when missing; on the disk when it returns.  What a power cut
// left without its end of line is cut off first.
Result<void> append_durably(const std::string& file, std::string_view lines, unsigned mode);

// `content` behind the first `from` bytes of a file that is fetched in parts, made when missing; on the disk
// when it returns, and what stood there is gone.  A power cut may tear it.  damaged: so many are not there.
Result<void> extend_durably(const std::string& file, std::size_t from, std::string_view content,
                            unsigned mode);

// Overwrites `content` inside a file that is there and long enough; on the disk when it
// returns.  A power cut may tear it anywhere.
Result<void> overwrite_part(const std::string& file, std::size_t at, std::string_view content);

// not_found; not_writable when it may not be read; damaged when it is longer than `limit`
// or no file.
Result<std::string> read_small_file(const std::string& file, std::size_t limit);

}  // namespace doorstep
