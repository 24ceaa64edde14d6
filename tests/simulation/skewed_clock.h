// A clock that is off, runs too fast or too slow, and jumps.
#pragma once

#include <cstdint>

#include "forms/base/clock.h"

namespace doorstep::simulation {

struct ClockFault {
    std::int64_t by_ms = 0;
    std::int64_t drift_ppm = 0;
};

class SkewedClock final : public Clock {
public:
    SkewedClock(const Clock& base, const ClockFault& fault)
        : base_(base), began_ms_(base.now_ms()), fault_(fault) {}
    std::int64_t now_ms() const override {
        const auto ran = base_.now_ms() - began_ms_;
        return base_.now_ms() + fault_.by_ms + ran * fault_.drift_ppm / 1'000'000;
    }
    int utc_offset_minutes(std::int64_t) const override { return 60; }
    void jump(std::int64_t by_ms) { fault_.by_ms += by_ms; }

private:
    const Clock& base_;
    std::int64_t began_ms_;
    ClockFault fault_;
};

}  // namespace doorstep::simulation
