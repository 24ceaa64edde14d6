// A tablet's store from before records were sealed becomes a sealed one; and the end of what migrations
// copied.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Copies everything into a sealed file beside it, which `open_new` opens, and puts that
// in its place; what stood there is overwritten.  Cut off anywhere, either the old file
// stands whole or the new one does.  remove_readable_copies() follows.
Result<void> seal_plain_store(
    const std::string& path,
    const std::function<Result<std::unique_ptr<SqlConnection>>(const std::string& path)>& open_new);

// Overwrites and removes what migrations of the plain store copied beside it, on the disk
// when it returns; a copy whose header says that it is sealed stays.  A cut during the sealing
// leaves such copies: each opening of the sealed store ends it.
// REQUIRES: the sealed store at `path` was opened, every row of it.
Result<void> remove_readable_copies(const std::string& path);

// The same with every copy, sealed or not, that was made before then (UTC): what was forgotten since still
// stands in it.
Result<void> remove_copies_made_before(const std::string& path, std::int64_t at_ms);

}  // namespace doorstep
