#include "sync/store/settle_log.h"

#include <sqlite3.h>

#include <cerrno>

#include "sync/store/sqlite_errors.h"

namespace doorstep {

Result<void> settle_log(sqlite3* database, const std::string& schema, const std::string& path) {
    sqlite3_file* log = nullptr;
    if (sqlite3_file_control(database, schema.c_str(), SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK ||
        !log || !log->pMethods)
        return {};  // in memory
    errno = 0;
    const int code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    return code == SQLITE_OK ? Result<void>{} : Result<void>(sqlite_error(code, errno, path));
}

}  // namespace doorstep
