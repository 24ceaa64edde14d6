#include "sync/operation/hybrid_clock.h"

#include <algorithm>

namespace doorstep {

namespace {

// A reading stays below 2^63, so that stores with signed integers keep its order.
constexpr std::int64_t ms_max = (std::int64_t{1} << 47) - 1;
constexpr std::uint64_t reading_max = (std::uint64_t{1} << 63) - 1;

std::uint64_t physical(std::int64_t ms) {
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(ms, 0, ms_max)) << 16;
}

}  // namespace

std::uint64_t HybridClock::next(std::int64_t now_ms) {
    last_ = std::max(std::min(last_ + 1, reading_max), physical(now_ms));
    return last_;
}

void HybridClock::see(std::uint64_t reading, std::int64_t now_ms, std::int64_t skew_ms_max) {
    const auto ahead_max =
        std::clamp<std::int64_t>(now_ms, 0, ms_max) + std::clamp<std::int64_t>(skew_ms_max, 0, ms_max);
    if (reading <= reading_max && static_cast<std::int64_t>(reading >> 16) <= ahead_max)
        last_ = std::max(last_, reading);
}

}  // namespace doorstep
