// SQLite as a SqlConnection: EXCLUSIVE locking before WAL, synchronous=FULL, no
// automatic checkpoints.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

struct sqlite3;

namespace doorstep {

class Ballast;

struct SqliteOptions {
    std::string vfs;             // empty: the default; tests name their own
    Ballast* ballast = nullptr;  // outlives the connection
    // For what cannot be written, or must not be: nothing is created, locked or changed,
    // and every write is refused (not_writable).  Nobody else may write it meanwhile.
    bool view_only = false;
};

// On a full disk the log is copied into the file as soon as it has so many pages.
inline constexpr int log_pages_when_full = 128;

// "Door": stands in the header of every file of ours.
inline constexpr std::int64_t sqlite_application_id = 0x446f6f72;

// `path` is a file, or ":memory:".  Errors: not_writable, disk_full, damaged, not_found (only to view),
// conflict (another process has it open), refused (a database of another program,
// which is left as it was).
Result<std::unique_ptr<SqlConnection>> open_sqlite(const std::string& path,
                                                   const SqliteOptions& options = {});

// A database in memory as `main`, with the file `path` attached as `disk` under the same
// rules.  For the sealed connection.
Result<std::unique_ptr<SqlConnection>> open_in_memory_beside(const std::string& path,
                                                             const SqliteOptions& options = {});

// The name under SqliteOptions::vfs with which it was opened.
std::string vfs_of(SqlConnection& connection);

// For this room's own files: functions and hooks of a connection that open_sqlite() made.
sqlite3* raw_handle(SqlConnection& connection);

// Copies the write-ahead log into the file, and wipes what no row owns there any more (unused_bytes.h): when
// idle, after the reply.  A large file takes several times.
Result<void> checkpoint(SqlConnection& connection);
Result<bool> is_wiped(SqlConnection& connection);
// As often as that takes: some seconds where there are gigabytes.
Result<void> checkpoint_wholly(SqlConnection& connection);
// Something was forgotten: the checkpoints that follow look through all of the file.  A tablet's do anyway.
Result<void> wipe_when_idle(SqlConnection& connection);

}  // namespace doorstep
