// When a store is idle: its log goes into its file, and what nobody owns there goes.
#include "sync/store/sqlite_connection.h"

namespace doorstep {

Result<void> checkpoint(SqlConnection& connection) {
    bool busy = false;
    TRY_DO(connection.query("pragma wal_checkpoint(truncate)", {}, [&](const SqlRow& row) {
        busy = row.integer(0) != 0;
        return false;
    }));
    if (busy)
        return Error{Fault::conflict, "The write-ahead log is in use.", "Try again when idle."};
    return connection.query("select wipe_unused_bytes()", {}, [](const SqlRow&) { return false; });
}

Result<bool> is_wiped(SqlConnection& connection) {
    bool left = false;
    if (connection.engine() == SqlConnection::Engine::sqlite)
        TRY_DO(connection.query("select unused_bytes_left()", {}, [&](const SqlRow& row) {
            left = row.integer(0) != 0;
            return false;
        }));
    return !left;
}

Result<void> checkpoint_wholly(SqlConnection& connection) {
    for (bool wiped = false; !wiped;) {
        TRY_DO(checkpoint(connection));
        TRY(wiped, is_wiped(connection));
    }
    return {};
}

Result<void> wipe_when_idle(SqlConnection& connection) {
    if (connection.engine() != SqlConnection::Engine::sqlite)
        return {};
    return connection.query("select unused_bytes_again()", {}, [](const SqlRow&) { return false; });
}

}  // namespace doorstep
