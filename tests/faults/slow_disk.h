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

    struct Vfs;  // of this file only

private:
    std::shared_ptr<std::atomic<std::uint64_t>> syncs_;
    std::unique_ptr<Vfs> vfs_;
};

}  // namespace doorstep::test
