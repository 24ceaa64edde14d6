// What a connection to SQLite has done since it was opened, as SQLite itself counts it: for tests and
// benches that ask whether an act costs more in a larger store.
#pragma once

#include <cstdint>

#include "sync/store/sql_connection.h"

namespace doorstep {

struct SqliteWork {
    std::int64_t steps = 0;      // of SQLite's machine: what is looked at, row by row
    std::int64_t full_scan = 0;  // rows that were come to by reading a table from its beginning
    std::int64_t rows_changed = 0;
    std::int64_t pages_touched = 0;
    std::int64_t pages_written = 0;
    SqliteWork since(const SqliteWork& before) const;
};

// REQUIRES: SQLite.  Statements that were prepared anew since count from then.
SqliteWork work_of(SqlConnection& connection);

// Before the first connection: SQLite counts each allocation under a lock, for limits and figures that nobody
// asks of it here.  Where it was begun before, as tests with a disk of their own do, it goes on counting.
void count_no_memory();

}  // namespace doorstep
