// One moment of a database, in a file of its own: for whoever reads long, while others go on writing.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// A whole copy under a name that is not taken, or was left by one that was cut off; not synced, since
// nobody relies on it.  REQUIRES: SQLite; no transaction is open.
Result<void> snapshot_into(SqlConnection& sql, const std::string& file);

}  // namespace doorstep
