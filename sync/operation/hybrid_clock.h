// A hybrid logical clock: 48 bits of milliseconds, 16 bits of counter.  It gives
// display order and breaks ties; cursors never use it.
#pragma once

#include <cstdint>

namespace doorstep {

class HybridClock {
public:
    explicit HybridClock(std::uint64_t last = 0) : last_(last) {}

    // The next reading: later than every reading made or seen before.
    std::uint64_t next(std::int64_t now_ms);
    // A reading made elsewhere was seen.  One more than `skew_ms_max` ahead of
    // `now_ms` is ignored, so that a tablet in 2035 does not win for ever.
    void see(std::uint64_t reading, std::int64_t now_ms, std::int64_t skew_ms_max = 300'000);
    std::uint64_t last() const { return last_; }

private:
    std::uint64_t last_;
};

}  // namespace doorstep
