#include "tests/support/faulty_disk.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace doorstep::faults {

namespace {

constexpr std::uint64_t sector = 512;

}  // namespace

// One open file, as SQLite sees it: it lives in memory that SQLite gives.
struct OpenFile {
    sqlite3_file base;
    FaultyDisk* disk;
    std::shared_ptr<void> inode;
    bool owes_folder;  // its name is not on the disk yet
    bool read_only;
};

// The functions that SQLite calls.
struct VfsCalls {
    using Inode = FaultyDisk::Inode;
    static OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
    static Inode& inode_of(sqlite3_file* file) { return *static_cast<Inode*>(of(file).inode.get()); }
    static FaultyDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<FaultyDisk*>(vfs->pAppData); }

    static int close(sqlite3_file* file) {
        of(file).inode.~shared_ptr();
        return SQLITE_OK;
    }
    static int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
        return of(file).disk->read(inode_of(file), static_cast<char*>(to), static_cast<std::uint64_t>(size),
                                   static_cast<std::uint64_t>(offset));
    }
    static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
        if (of(file).read_only)
            return SQLITE_READONLY;
        return of(file).disk->write(inode_of(file), static_cast<const char*>(from),
                                    static_cast<std::uint64_t>(size), static_cast<std::uint64_t>(offset));
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        return of(file).disk->truncate(inode_of(file), static_cast<std::uint64_t>(size));
    }
    static int sync(sqlite3_file* file, int) {
        const int code = of(file).disk->sync(inode_of(file), of(file).owes_folder);
        of(file).owes_folder = of(file).owes_folder && code != SQLITE_OK;
        return code;
    }
    static int size(sqlite3_file* file, sqlite3_int64* size) {
        if (of(file).disk->pulled_out)
            return SQLITE_IOERR_FSTAT;
        *size = static_cast<sqlite3_int64>(inode_of(file).now.size());
        return SQLITE_OK;
    }
    static int lock(sqlite3_file*, int) { return SQLITE_OK; }
    static int check_lock(sqlite3_file*, int* held) {
        *held = 0;
        return SQLITE_OK;
    }
    static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
    static int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
    // As the unix VFS says: a write harms no bytes beside it.
    static int character(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

    static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* got) {
        // Version 1: no shared memory, so that only EXCLUSIVE locking can have a WAL.
        static const sqlite3_io_methods methods = {
            1,       close,       read,      write,   truncate, sync,    size,    lock,    lock,   check_lock,
            control, sector_size, character, nullptr, nullptr,  nullptr, nullptr, nullptr, nullptr};
        file->pMethods = nullptr;
        auto& disk = disk_of(vfs);
        std::shared_ptr<Inode> inode;
        int granted = flags;
        const int code = disk.open(path, flags, inode, granted);
        if (code != SQLITE_OK)
            return code;
        constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
        auto& opened = of(file);
        new (&opened.inode) std::shared_ptr<void>(std::move(inode));
        opened.disk = &disk;
        opened.owes_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
        opened.read_only = (granted & SQLITE_OPEN_READONLY) != 0;
        file->pMethods = &methods;
        if (got)
            *got = granted;
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs* vfs, const char* path, int synced) {
        return disk_of(vfs).remove(path, synced != 0);
    }
    static int access(sqlite3_vfs* vfs, const char* path, int flags, int* found) {
        const auto& disk = disk_of(vfs);
        if (disk.pulled_out)
            return SQLITE_IOERR_ACCESS;
        *found = disk.folder_.contains(path) && !(flags == SQLITE_ACCESS_READWRITE && disk.read_only);
        return SQLITE_OK;
    }
    static int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
        sqlite3_snprintf(size, out, "%s", path);
        return SQLITE_OK;
    }
    static int randomness(sqlite3_vfs*, int size, char* out) {
        std::memset(out, 7, static_cast<std::size_t>(size));
        return size;
    }
    static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
    static int current_time(sqlite3_vfs*, double* day) {
        *day = 2'461'000.5;
        return SQLITE_OK;
    }
    static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

FaultyDisk::FaultyDisk(std::string name, Files files)
    : name_(std::move(name)), vfs_(std::make_unique<sqlite3_vfs>()) {
    for (auto& [path, bytes] : files) {
        auto inode = std::make_shared<Inode>();
        inode->durable = inode->now = std::move(bytes);
        durable_folder_[path] = inode;
    }
    folder_ = durable_folder_;
    *vfs_ = sqlite3_vfs{};
    vfs_->iVersion = 1;
    vfs_->szOsFile = sizeof(OpenFile);
    vfs_->mxPathname = 512;
    vfs_->zName = name_.c_str();
    vfs_->pAppData = this;
    vfs_->xOpen = VfsCalls::open;
    vfs_->xDelete = VfsCalls::remove;
    vfs_->xAccess = VfsCalls::access;
    vfs_->xFullPathname = VfsCalls::full_path;
    vfs_->xRandomness = VfsCalls::randomness;
    vfs_->xSleep = VfsCalls::sleep;
    vfs_->xCurrentTime = VfsCalls::current_time;
    vfs_->xGetLastError = VfsCalls::last_error;
    sqlite3_vfs_register(vfs_.get(), 0);
}

FaultyDisk::~FaultyDisk() {
    sqlite3_vfs_unregister(vfs_.get());
}

std::string FaultyDisk::survivor(const Inode& inode, double kept, Random& chance) {
    std::string bytes = inode.durable;
    for (const auto& change : inode.unsynced) {
        if (change.cuts) {
            if (chance.chance(kept))
                bytes.resize(change.offset);
            continue;
        }
        const auto end = change.offset + change.bytes.size();
        for (auto at = change.offset; at < end;) {
            const auto next = std::min(end, (at / sector + 1) * sector);
            if (chance.chance(kept)) {
                if (bytes.size() < next)
                    bytes.resize(next);
                bytes.replace(at, next - at, change.bytes, at - change.offset, next - at);
            }
            at = next;
        }
    }
    return bytes;
}

Files FaultyDisk::after_cut(Random& chance) const {
    constexpr double shares[] = {0.0, 0.1, 0.5, 0.9, 1.0};
    auto folder = durable_folder_;
    const double names_kept = shares[chance.below(5)];
    for (const auto& change : unsynced_folder_) {
        if (!chance.chance(names_kept))
            continue;
        if (change.inode)
            folder[change.name] = change.inode;
        else
            folder.erase(change.name);
    }
    Files files;
    for (const auto& [path, inode] : folder)
        files[path] = survivor(*inode, shares[chance.below(5)], chance);
    return files;
}

Files FaultyDisk::now() const {
    Files files;
    for (const auto& [path, inode] : folder_)
        files[path] = inode->now;
    return files;
}

void FaultyDisk::cut_power_at(std::uint64_t change, std::uint64_t seed) {
    cut_at_ = changes_ + change;
    cut_seed_ = seed;
}

void FaultyDisk::fail(const DiskFault& fault) {
    fault_ = fault;
    counted_ = 0;
    has_failed_ = false;
}

void FaultyDisk::heal() {
    fault_.reset();
    capacity = ~std::uint64_t{0};
    read_only = pulled_out = false;
}

void FaultyDisk::changed() {
    ++changes_;
    if (at_change)
        at_change();
    if (changes_ == cut_at_)
        cut_power_now(cut_seed_);
}

void FaultyDisk::cut_power_now(std::uint64_t seed) {
    SeededRandom chance(seed);
    survived_ = after_cut(chance);
    pulled_out = true;
}

// What durable has and now has not differs by what was not synced, and nothing else.
void FaultyDisk::settle(Inode& inode) {
    for (const auto& change : inode.unsynced) {
        const auto end = change.offset + change.bytes.size();
        if (change.cuts || end > inode.durable.size())
            inode.durable.resize(change.cuts ? change.offset : end);
        if (!change.cuts)
            inode.durable.replace(change.offset, change.bytes.size(), change.bytes);
    }
    inode.unsynced.clear();
}

int FaultyDisk::meets(DiskAct act) {
    ++counts_[static_cast<std::size_t>(act)];
    if (!fault_ || fault_->act != act)
        return SQLITE_OK;
    ++counted_;
    if (counted_ < fault_->at || counted_ - fault_->at >= fault_->times)
        return SQLITE_OK;
    has_failed_ = true;
    return fault_->code;
}

std::uint64_t FaultyDisk::used() const {
    std::uint64_t bytes = 0;
    for (const auto& [path, inode] : folder_)
        bytes += inode->now.size();
    return bytes;
}

void FaultyDisk::sync_folder() {
    if (lies_about_syncs)
        return;
    durable_folder_ = folder_;
    unsynced_folder_.clear();
}

int FaultyDisk::open(const char* path, int flags, std::shared_ptr<Inode>& inode, int& got) {
    if (pulled_out)
        return SQLITE_CANTOPEN;
    if (!path) {  // a temporary file
        inode = std::make_shared<Inode>();
        return SQLITE_OK;
    }
    const auto found = folder_.find(path);
    if (found != folder_.end()) {
        inode = found->second;
        if (read_only && (flags & SQLITE_OPEN_READWRITE) != 0)
            got = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
        return SQLITE_OK;
    }
    if ((flags & SQLITE_OPEN_CREATE) == 0 || read_only)
        return SQLITE_CANTOPEN;
    inode = std::make_shared<Inode>();
    folder_[path] = inode;
    unsynced_folder_.push_back({path, inode});
    changed();
    return pulled_out ? SQLITE_CANTOPEN : SQLITE_OK;
}

int FaultyDisk::remove(const char* path, bool synced) {
    if (pulled_out || read_only)
        return SQLITE_IOERR_DELETE;
    if (folder_.erase(path) == 0)
        return SQLITE_IOERR_DELETE_NOENT;
    unsynced_folder_.push_back({path, nullptr});
    changed();
    if (pulled_out)
        return SQLITE_IOERR_DELETE;
    if (synced)
        sync_folder();
    return SQLITE_OK;
}

int FaultyDisk::read(Inode& inode, char* to, std::uint64_t size, std::uint64_t offset) {
    if (pulled_out)
        return SQLITE_IOERR_READ;
    auto there = offset < inode.now.size() ? std::min(size, inode.now.size() - offset) : 0;
    const int code = meets(DiskAct::read);
    if (code == SQLITE_IOERR_SHORT_READ)
        there = std::min(there, size / 2);
    else if (code != SQLITE_OK)
        return code;
    std::memcpy(to, inode.now.data() + (there > 0 ? offset : 0), there);
    std::memset(to + there, 0, size - there);
    return there < size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

int FaultyDisk::write(Inode& inode, const char* from, std::uint64_t size, std::uint64_t offset) {
    if (pulled_out)
        return SQLITE_IOERR_WRITE;
    if (const int code = meets(DiskAct::write); code != SQLITE_OK)
        return code;
    const auto end = offset + size;
    if (end > inode.now.size()) {
        if (used() + end - inode.now.size() > capacity)
            return SQLITE_FULL;
        inode.now.resize(end);
    }
    inode.now.replace(offset, size, from, size);
    inode.unsynced.push_back({offset, std::string(from, size), false});
    changed();
    return pulled_out ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int FaultyDisk::truncate(Inode& inode, std::uint64_t size) {
    if (pulled_out || read_only)
        return SQLITE_IOERR_TRUNCATE;
    inode.now.resize(size);
    inode.unsynced.push_back({size, {}, true});
    changed();
    return pulled_out ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

int FaultyDisk::sync(Inode& inode, bool with_folder) {
    if (pulled_out)
        return SQLITE_IOERR_FSYNC;
    changed();
    if (pulled_out)
        return SQLITE_IOERR_FSYNC;
    if (const int code = meets(DiskAct::sync); code != SQLITE_OK) {
        if (failed_sync_forgets) {
            inode.now = inode.durable;
            inode.unsynced.clear();
        }
        return code;
    }
    if (lies_about_syncs)
        return SQLITE_OK;
    settle(inode);
    if (with_folder)
        sync_folder();
    return SQLITE_OK;
}

}  // namespace doorstep::faults
