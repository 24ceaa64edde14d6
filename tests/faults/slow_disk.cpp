#include "tests/faults/slow_disk.h"

#include <sqlite3.h>

#include <new>
#include <thread>

namespace doorstep::test {

struct SlowDisk::Vfs {
    sqlite3_vfs vfs{};
    sqlite3_vfs* real = nullptr;
    std::chrono::milliseconds each_sync{};
    std::shared_ptr<std::atomic<std::uint64_t>> syncs;
    std::shared_ptr<std::atomic<bool>> failing;
};

namespace {

// Ours in front, the real file behind it in the same memory.
struct File {
    sqlite3_file base;
    SlowDisk::Vfs* disk;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& file_of(sqlite3_file* file) {
    return *reinterpret_cast<File*>(file);
}

sqlite3_file* real_of(sqlite3_file* file) {
    return file_of(file).real();
}

bool fails(sqlite3_file* file) {
    return *file_of(file).disk->failing;
}

int sync(sqlite3_file* file, int flags) {
    SlowDisk::Vfs& disk = *file_of(file).disk;
    if (fails(file))
        return SQLITE_IOERR_FSYNC;
    std::this_thread::sleep_for(disk.each_sync);
    ++*disk.syncs;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

// Version 1: without shared memory, which exclusive locking does without as well.
constexpr sqlite3_io_methods methods() {
    sqlite3_io_methods all{};
    all.iVersion = 1;
    all.xClose = [](sqlite3_file* f) { return real_of(f)->pMethods->xClose(real_of(f)); };
    all.xRead = [](sqlite3_file* f, void* into, int amount, sqlite3_int64 at) {
        return real_of(f)->pMethods->xRead(real_of(f), into, amount, at);
    };
    all.xWrite = [](sqlite3_file* f, const void* from, int amount, sqlite3_int64 at) {
        return fails(f) ? SQLITE_IOERR_WRITE : real_of(f)->pMethods->xWrite(real_of(f), from, amount, at);
    };
    all.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return real_of(f)->pMethods->xTruncate(real_of(f), size);
    };
    all.xSync = sync;
    all.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return real_of(f)->pMethods->xFileSize(real_of(f), size);
    };
    all.xLock = [](sqlite3_file* f, int how) { return real_of(f)->pMethods->xLock(real_of(f), how); };
    all.xUnlock = [](sqlite3_file* f, int how) { return real_of(f)->pMethods->xUnlock(real_of(f), how); };
    all.xCheckReservedLock = [](sqlite3_file* f, int* is) {
        return real_of(f)->pMethods->xCheckReservedLock(real_of(f), is);
    };
    all.xFileControl = [](sqlite3_file* f, int what, void* with) {
        return real_of(f)->pMethods->xFileControl(real_of(f), what, with);
    };
    all.xSectorSize = [](sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); };
    all.xDeviceCharacteristics = [](sqlite3_file* f) {
        return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
    };
    return all;
}

constexpr sqlite3_io_methods slow_methods = methods();

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* into, int flags, int* out_flags) {
    auto* disk = static_cast<SlowDisk::Vfs*>(vfs->pAppData);
    auto* file = new (into) File{{nullptr}, disk};
    const int opened = disk->real->xOpen(disk->real, name, file->real(), flags, out_flags);
    if (file->real()->pMethods)
        file->base.pMethods = &slow_methods;
    return opened;
}

}  // namespace

SlowDisk::SlowDisk(std::chrono::milliseconds each_sync)
    : syncs_(std::make_shared<std::atomic<std::uint64_t>>(0)),
      failing_(std::make_shared<std::atomic<bool>>(false)), vfs_(std::make_unique<Vfs>()) {
    vfs_->real = sqlite3_vfs_find(nullptr);
    vfs_->each_sync = each_sync;
    vfs_->syncs = syncs_;
    vfs_->failing = failing_;
    // Everything but files themselves is the real one's, which is told apart by its data.
    vfs_->vfs = *vfs_->real;
    vfs_->vfs.pNext = nullptr;
    vfs_->vfs.zName = "slow-disk";
    vfs_->vfs.pAppData = vfs_.get();
    vfs_->vfs.szOsFile = static_cast<int>(sizeof(File)) + vfs_->real->szOsFile;
    vfs_->vfs.xOpen = open;
    vfs_->vfs.xDelete = [](sqlite3_vfs* vfs, const char* name, int sync_folder) {
        auto* disk = static_cast<Vfs*>(vfs->pAppData);
        return disk->real->xDelete(disk->real, name, sync_folder);
    };
    vfs_->vfs.xAccess = [](sqlite3_vfs* vfs, const char* name, int flags, int* out) {
        auto* disk = static_cast<Vfs*>(vfs->pAppData);
        return disk->real->xAccess(disk->real, name, flags, out);
    };
    vfs_->vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* name, int most, char* out) {
        auto* disk = static_cast<Vfs*>(vfs->pAppData);
        return disk->real->xFullPathname(disk->real, name, most, out);
    };
    sqlite3_vfs_register(&vfs_->vfs, 1);
}

SlowDisk::~SlowDisk() {
    sqlite3_vfs_unregister(&vfs_->vfs);
}

}  // namespace doorstep::test
