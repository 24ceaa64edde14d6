// How much of what tablets send may be held expanded: a few kilobytes declare megabytes, and many of them
// together more than a machine has.
#pragma once

#include <atomic>
#include <cstddef>

namespace doorstep {

namespace expanded {
// The bodies of one push.  500 operations are some 45 records of 9.3 kB: ten times that, and eight of the
// largest envelopes; a single envelope always has room (limits::envelope_bytes_max), so that sending less
// ends.
inline constexpr std::size_t of_push_max = std::size_t{4} * 1024 * 1024;
// Frames and bodies of all the pushes that are opened before their turn: some twenty full ones.  What is
// made of them is a few times as much.
inline constexpr std::size_t ahead_max = std::size_t{8} * 1024 * 1024;
}  // namespace expanded

// Room that is taken before it is used.  Thread-safe.
class ExpandedBytes {
public:
    explicit ExpandedBytes(std::size_t most) : most_(most) {}
    // False: there is not as much, and nothing was taken.
    bool take(std::size_t bytes) {
        auto taken = taken_.load();
        do {
            if (bytes > most_ - taken)
                return false;
        } while (!taken_.compare_exchange_weak(taken, taken + bytes));
        return true;
    }
    // REQUIRES: as much was taken.
    void give_back(std::size_t bytes) { taken_ -= bytes; }
    std::size_t taken() const { return taken_; }

private:
    std::size_t most_;
    std::atomic<std::size_t> taken_{0};
};

}  // namespace doorstep
