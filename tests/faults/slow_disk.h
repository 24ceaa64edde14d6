// A disk on which every sync takes its time: for how long an answer is on its way.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

namespace doorstep::test {

// While it lives it is SQLite's default disk, over the real one; connections must be
// closed before it goes.  Of any thread.
class SlowDisk {
public:
    explicit SlowDisk(std::chrono::milliseconds each_sync);
    ~SlowDisk();
    SlowDisk(const SlowDisk&) = delete;
    SlowDisk& operator=(const SlowDisk&) = delete;

    std::uint64_t syncs() const { return *syncs_; }
    // From now on nothing is written or synced; reading goes on.
    void fail(bool failing) { *failing_ = failing; }

    struct Vfs;  // of this file only

private:
    std::shared_ptr<std::atomic<std::uint64_t>> syncs_;
    std::shared_ptr<std::atomic<bool>> failing_;
    std::unique_ptr<Vfs> vfs_;
};

}  // namespace doorstep::test
