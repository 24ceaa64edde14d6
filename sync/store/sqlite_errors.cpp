#include "sync/store/sqlite_errors.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

namespace doorstep {

namespace {

Fault fault_of(int code, int system_error) {
    switch (code & 0xff) {
    case SQLITE_FULL:
        return Fault::disk_full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return Fault::not_writable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT:
        return Fault::conflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return Fault::damaged;
    case SQLITE_IOERR:
        // A quota or a file size limit is a full disk to whoever has to mend it.
        return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG ? Fault::disk_full
                                                                                         : Fault::broken;
    default:
        return Fault::broken;
    }
}

}  // namespace

Error sqlite_error(int code, int system_error, const std::string& path) {
    const auto fault = fault_of(code, system_error);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {fault, fmt::format("Another Doorstep has this folder open ({}).", path),
                "Close the other one and start again."};
    case SQLITE_CONSTRAINT:
        return {fault, fmt::format("A row clashes with one that is already in {}.", path), ""};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {fault, fmt::format("{} is damaged, or is not a database.", path),
                "Keep a copy of it, and take it to whoever looks after Doorstep."};
    default:
        break;
    }
    if (fault == Fault::disk_full)
        return {fault, fmt::format("The disk is full: {} cannot grow. Nothing was changed.", path),
                "Free some space and repeat."};
    if (fault == Fault::not_writable)
        return {fault, fmt::format("{} cannot be opened for writing.", path),
                "Check that its folder exists and that this user may write there."};
    return {fault, fmt::format("The disk failed, or the database {} did: {}.", path, sqlite3_errstr(code)),
            "Open the records again, look whether the last entry is there, and repeat it if not."};
}

// A file system that was mounted to read only says so here, to root too; SQLite finds out when it
// takes the lock, and calls that a disk that failed.
Result<void> check_writable(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const bool there = ::access(path.c_str(), F_OK) == 0;
    if ((there && ::access(path.c_str(), W_OK) != 0) || ::access(folder.c_str(), W_OK) != 0)
        return sqlite_error(SQLITE_READONLY, 0, path);
    return {};
}

}  // namespace doorstep
