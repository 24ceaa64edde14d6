#include "sync/store/vfs_file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace doorstep {

namespace {

sqlite3_vfs* find(const std::string& vfs) {
    return sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
}

Fault fault_of(int code) {
    switch (code & 0xff) {
    case SQLITE_FULL:
        return Fault::disk_full;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return Fault::not_writable;
    default:
        return Fault::broken;
    }
}

}  // namespace

// The second zero is where SQLite looks for parameters of a file's name.
VfsFile::VfsFile(const std::string& path, sqlite3_vfs* vfs)
    : path_(path + std::string(2, '\0')), vfs_(vfs),
      storage_((static_cast<std::size_t>(vfs->szOsFile) + sizeof(std::max_align_t)) /
               sizeof(std::max_align_t)) {}

VfsFile::~VfsFile() {
    if (handle()->pMethods)
        handle()->pMethods->xClose(handle());
}

sqlite3_file* VfsFile::handle() {
    return reinterpret_cast<sqlite3_file*>(storage_.data());
}

Result<void> VfsFile::failed(int code) const {
    if (code == SQLITE_OK)
        return {};
    return Error{fault_of(code), fmt::format("The file {} failed: {}.", path_.c_str(), sqlite3_errstr(code)),
                 "Look whether there is room on the disk, and whether this user may write there."};
}

Result<std::unique_ptr<VfsFile>> VfsFile::open(const std::string& path, const std::string& vfs) {
    auto* found = find(vfs);
    if (!found)
        return Error{Fault::broken, "SQLite has no such way to the disk.", ""};
    std::unique_ptr<VfsFile> file(new VfsFile(path, found));
    // As a journal: those alone have their folder synced with their first sync.  One that is
    // made takes its permissions from the database after whose name it is called, and one
    // that is there must not be taken for such: the name before its last hyphen is nothing.
    int there = 0;
    TRY_DO(file->failed(found->xAccess(found, file->path_.c_str(), SQLITE_ACCESS_EXISTS, &there)));
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                      (there != 0 ? SQLITE_OPEN_SUPER_JOURNAL : SQLITE_OPEN_MAIN_JOURNAL);
    int got = 0;
    const int code = found->xOpen(found, file->path_.c_str(), file->handle(), flags, &got);
    TRY_DO(file->failed(code == SQLITE_OK && (got & SQLITE_OPEN_READONLY) != 0 ? SQLITE_READONLY : code));
    return file;
}

Result<std::string> VfsFile::read_all() {
    sqlite3_int64 size = 0;
    TRY_DO(failed(handle()->pMethods->xFileSize(handle(), &size)));
    std::string bytes(static_cast<std::size_t>(size), '\0');
    constexpr std::size_t piece = std::size_t{1} << 20;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        TRY_DO(failed(handle()->pMethods->xRead(handle(), bytes.data() + at,
                                                static_cast<int>(std::min(piece, bytes.size() - at)),
                                                static_cast<sqlite3_int64>(at))));
    return bytes;
}

Result<void> VfsFile::write(const std::string& bytes, std::uint64_t at) {
    return failed(handle()->pMethods->xWrite(handle(), bytes.data(), static_cast<int>(bytes.size()),
                                             static_cast<sqlite3_int64>(at)));
}

Result<void> VfsFile::cut(std::uint64_t size) {
    return failed(handle()->pMethods->xTruncate(handle(), static_cast<sqlite3_int64>(size)));
}

Result<void> VfsFile::sync() {
    return failed(handle()->pMethods->xSync(handle(), SQLITE_SYNC_NORMAL));
}

void remove_file(const std::string& path, const std::string& vfs) {
    if (auto* found = find(vfs))
        static_cast<void>(found->xDelete(found, path.c_str(), 1));
}

}  // namespace doorstep
