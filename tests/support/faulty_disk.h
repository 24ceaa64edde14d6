// A disk in memory, as a VFS of SQLite, that misbehaves as disks do.
//
// What was written and not synced may be dropped, torn at sectors of 512 bytes, or
// reach the disk in another order when the power goes; so may files that were made
// or removed while their folder was not synced.  It can fill up, fail at an act that
// is counted, be read-only, and be pulled out.  The same seed does the same again.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/random.h"

namespace doorstep::faults {

// What a disk holds: the bytes of each file by its name.
using Files = std::map<std::string, std::string>;

enum class DiskAct : std::uint8_t { read, write, sync };

struct DiskFault {
    DiskAct act = DiskAct::write;
    int code = 0;          // SQLITE_FULL, SQLITE_IOERR_WRITE ...
    std::uint64_t at = 1;  // the first act that fails, counted from fail() on
    std::uint64_t times = 1;
};

class FaultyDisk {
public:
    // `name` becomes the name of the VFS (SqliteOptions::vfs) while this lives.
    // Connections must be gone before it.
    explicit FaultyDisk(std::string name, Files files = {});
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;

    const std::string& name() const { return name_; }

    // Told at every moment at which a power cut makes a difference: after a write has
    // left the program, before a sync has done its work.
    std::function<void()> at_change;
    std::uint64_t changes() const { return changes_; }
    // What could be on the disk if the power went now.
    Files after_cut(Random& chance) const;
    // What the program sees.
    Files now() const;
    // The power goes at that change: every act fails from there on, and what survived
    // is in survived().
    void cut_power_at(std::uint64_t change, std::uint64_t seed);
    void cut_power_now(std::uint64_t seed);
    void keep_power() { cut_at_ = 0; }  // no cut that was planned comes
    const std::optional<Files>& survived() const { return survived_; }

    void fail(const DiskFault& fault);
    void heal();
    bool has_failed() const { return has_failed_; }
    std::uint64_t count(DiskAct act) const { return counts_[static_cast<std::size_t>(act)]; }

    std::uint64_t used() const;
    std::uint64_t capacity = ~std::uint64_t{0};
    bool read_only = false;
    bool pulled_out = false;
    bool lies_about_syncs = false;  // says so and does nothing
    // After a sync that failed: forget what it was to keep, as a system may that drops
    // the pages it could not write.
    bool failed_sync_forgets = false;

private:
    friend struct VfsCalls;
    struct Change {
        std::uint64_t offset = 0;
        std::string bytes;
        bool cuts = false;  // a truncation to `offset`
    };
    struct Inode {
        std::string durable;
        std::string now;
        std::vector<Change> unsynced;
    };
    using Folder = std::map<std::string, std::shared_ptr<Inode>>;
    struct FolderChange {
        std::string name;
        std::shared_ptr<Inode> inode;  // nothing: removed
    };

    static void settle(Inode& inode);
    static std::string survivor(const Inode& inode, double kept, Random& chance);
    void changed();
    // The code to fail with, or SQLITE_OK.
    int meets(DiskAct act);
    void sync_folder();

    int open(const char* path, int flags, std::shared_ptr<Inode>& inode, int& got);
    int remove(const char* path, bool synced);
    int read(Inode& inode, char* to, std::uint64_t size, std::uint64_t offset);
    int write(Inode& inode, const char* from, std::uint64_t size, std::uint64_t offset);
    int truncate(Inode& inode, std::uint64_t size);
    int sync(Inode& inode, bool with_folder);

    std::string name_;
    std::unique_ptr<sqlite3_vfs> vfs_;
    Folder durable_folder_;
    Folder folder_;
    std::vector<FolderChange> unsynced_folder_;
    std::uint64_t changes_ = 0;
    std::uint64_t counts_[3] = {0, 0, 0};
    std::optional<DiskFault> fault_;
    std::uint64_t counted_ = 0;
    bool has_failed_ = false;
    std::uint64_t cut_at_ = 0;
    std::uint64_t cut_seed_ = 0;
    std::optional<Files> survived_;
};

}  // namespace doorstep::faults
