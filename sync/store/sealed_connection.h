// The tablet's store at rest: stock SQLite in which every row is sealed.
//
// One connection.  `main` is in memory and holds the tables of schema.h, which screens
// and reports query as they do anywhere; the file is attached as `disk` and holds
// nothing but sealed rows.  A commit seals each row that changed, in the same
// transaction, so that what returned ok is durable and the tables in memory say the
// same as the file.  The bodies of operations and envelopes stay in the file and are
// opened one at a time, as they are asked for.
//
// Used by one thread, which owns the keys as well.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

// `keys` must outlive the connection.  Opens every row: the tables are whole when it
// returns.  Errors: those of open_sqlite(); damaged (a row that these keys do not open, or that
// was altered).  A store from before records were sealed is sealed first.
Result<std::unique_ptr<SqlConnection>> open_sealed(const std::string& path, RowKeys& keys,
                                                   const SqliteOptions& options = {});

// Seals up to `rows` more rows and bodies to the newest generation, in one
// transaction; how many are still sealed to an older one.  Resumes by itself: nothing
// but the rows says how far it came.
// REQUIRES: a connection of open_sealed().
Result<std::int64_t> seal_anew(SqlConnection& sealed, int rows = 500);

}  // namespace doorstep
