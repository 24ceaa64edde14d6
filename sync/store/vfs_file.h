// A plain file beside a store, through SQLite's own way to the disk: what tests do to that
// way they do to this file too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "forms/base/result.h"

struct sqlite3_vfs;
struct sqlite3_file;

namespace doorstep {

class VfsFile {
public:
    // Made when it is missing.  `vfs`: empty for the default.
    static Result<std::unique_ptr<VfsFile>> open(const std::string& path, const std::string& vfs);
    ~VfsFile();
    VfsFile(const VfsFile&) = delete;
    VfsFile& operator=(const VfsFile&) = delete;

    Result<std::string> read_all();
    Result<void> write(const std::string& bytes, std::uint64_t at);
    Result<void> cut(std::uint64_t size);
    // Its name too, the first time.
    Result<void> sync();

private:
    VfsFile(const std::string& path, sqlite3_vfs* vfs);
    sqlite3_file* handle();
    Result<void> failed(int code) const;

    std::string path_;
    sqlite3_vfs* vfs_;
    std::vector<std::max_align_t> storage_;
};

// Nothing happens when it is not there.
void remove_file(const std::string& path, const std::string& vfs);

}  // namespace doorstep
