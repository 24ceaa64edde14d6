// When to draw: only for a reason, and never a frame more.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace doorstep {

enum class Redraw : std::uint8_t { input, view_changed, animation, deadline, exposed };

// Frames still owed and the nearest deadline; pure, times in microseconds of one
// monotone clock.
class RedrawPlan {
public:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    // Without vsync: frames that follow one another come at most so often, and the first
    // one for a new reason after a quarter of that, so that a tap does not wait.  0: at once.
    void pace(std::int64_t frame_us) { pace_ = frame_us; }

    void because(Redraw reason) {
        const int frames = reason == Redraw::view_changed ? 2 : 3;
        owed_ = std::max(owed_, frames);
        fresh_ = true;
    }
    void animate_until(std::int64_t at_us) { animated_until_ = std::max(animated_until_, at_us); }
    void wake_at(std::int64_t at_us) { deadline_ = std::min(deadline_, at_us); }
    void hide(bool hidden) { hidden_ = hidden; }

    bool due(std::int64_t now_us) const { return wants(now_us) && now_us >= earliest(); }
    // An animation ends with a frame at or after its time, which shows it at rest.
    void drawn(std::int64_t now_us) {
        if (owed_ > 0)
            --owed_;
        if (now_us >= deadline_)
            deadline_ = never;
        if (now_us >= animated_until_)
            animated_until_ = none;
        fresh_ = false;
        last_ = now_us;
    }
    // Milliseconds to sleep before the next frame is due: 0 now, negative for ever.
    std::int64_t wait_ms(std::int64_t now_us) const {
        if (hidden_)
            return -1;
        if (!wants(now_us) && deadline_ == never)
            return -1;
        const std::int64_t next = std::max(wants(now_us) ? now_us : deadline_, earliest());
        return (next - now_us + 999) / 1000;
    }

private:
    bool wants(std::int64_t now_us) const {
        return !hidden_ && (owed_ > 0 || animated_until_ != none || now_us >= deadline_);
    }
    std::int64_t earliest() const { return last_ == none ? none : last_ + (fresh_ ? pace_ / 4 : pace_); }

    static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::min();
    int owed_ = 3;  // the window was opened
    std::int64_t animated_until_ = none;
    std::int64_t deadline_ = never;
    std::int64_t pace_ = 0;
    std::int64_t last_ = none;  // when a frame was drawn
    bool fresh_ = true;         // a reason came since then
    bool hidden_ = false;
};

}  // namespace doorstep
