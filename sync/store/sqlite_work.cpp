#include "sync/store/sqlite_work.h"

#include <sqlite3.h>

#include "sync/store/sqlite_connection.h"

namespace doorstep {

namespace {

std::int64_t counted(sqlite3* database, int what) {
    int now = 0;
    int highest = 0;
    return sqlite3_db_status(database, what, &now, &highest, 0) == SQLITE_OK ? now : 0;
}

}  // namespace

SqliteWork SqliteWork::since(const SqliteWork& before) const {
    return {steps - before.steps, full_scan - before.full_scan, rows_changed - before.rows_changed,
            pages_touched - before.pages_touched, pages_written - before.pages_written};
}

SqliteWork work_of(SqlConnection& connection) {
    auto* const database = raw_handle(connection);
    SqliteWork work;
    for (auto* one = sqlite3_next_stmt(database, nullptr); one; one = sqlite3_next_stmt(database, one)) {
        work.steps += sqlite3_stmt_status(one, SQLITE_STMTSTATUS_VM_STEP, 0);
        work.full_scan += sqlite3_stmt_status(one, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    }
    work.rows_changed = sqlite3_total_changes64(database);
    work.pages_touched =
        counted(database, SQLITE_DBSTATUS_CACHE_HIT) + counted(database, SQLITE_DBSTATUS_CACHE_MISS);
    work.pages_written = counted(database, SQLITE_DBSTATUS_CACHE_WRITE);
    return work;
}

void count_no_memory() {
    static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(once);
}

}  // namespace doorstep
