// Where time comes from.  Instants are milliseconds since 1970 in UTC; the day
// at the door is local (calendar.h) and needs the offset in force at that
// instant, which every recorded fact carries along.
#pragma once

#include <cstdint>

namespace doorstep {

class Clock {
public:
    virtual ~Clock() = default;

    // Milliseconds since 1970-01-01T00:00:00Z.
    virtual std::int64_t now_ms() const = 0;
    // Minutes east of UTC at that instant in the zone of the partnership.
    virtual int utc_offset_minutes(std::int64_t at_ms) const = 0;
};

// The machine's clock and zone (glibc with tzdata; TZ decides).
class SystemClock final : public Clock {
public:
    std::int64_t now_ms() const override;
    int utc_offset_minutes(std::int64_t at_ms) const override;
};

// A clock that stands until it is moved.  With no fixed offset it takes the
// zone of the machine, so that a season can be worked in Europe/London.
class ManualClock final : public Clock {
public:
    enum class Zone { machine, fixed };

    explicit ManualClock(std::int64_t start_ms) : now_ms_(start_ms) {}
    ManualClock(std::int64_t start_ms, int offset_minutes)
        : now_ms_(start_ms), zone_(Zone::fixed), offset_minutes_(offset_minutes) {}

    std::int64_t now_ms() const override { return now_ms_; }
    int utc_offset_minutes(std::int64_t at_ms) const override;

    void set_ms(std::int64_t at_ms) { now_ms_ = at_ms; }
    void advance_ms(std::int64_t by_ms) { now_ms_ += by_ms; }

private:
    std::int64_t now_ms_;
    Zone zone_ = Zone::machine;
    int offset_minutes_ = 0;
};

}  // namespace doorstep
