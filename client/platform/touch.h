// The touch arbiter: every finger enters one state machine, and only what survives
// it becomes a press, a drag or a fling.  Pure: samples in, acts out; no clock, no
// window, no Dear ImGui.
//
//   down   on a moving list: stops it and is swallowed; else a press shows at once
//   moved more than 2.5 mm: the press is cancelled; mostly vertical over a scroll
//          region it becomes a drag from the current point (no jump)
//   up     a drag flings at the speed of its last 100 ms, if it moved in the last 50 ms
//          and faster than 25 mm/s (at most 1,200); else a release where it was pressed
//   a second finger, focus lost, cancel: everything is cancelled (zones are apart:
//          each finger there is its own)
//
// A drag or a fling never presses anything.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "client/platform/device_event.h"

namespace doorstep {

// What lies under a finger that comes down; asked of the layer above.
struct TouchGround {
    enum class Kind : std::uint8_t { plain, scroll, zone, capture } kind = Kind::plain;
    std::uint32_t region = 0;  // of the scroll list, zone or capture
    bool moving = false;       // that list is still flinging
};

namespace touch {
struct Press {
    float x, y;
};
struct Release {  // where it was pressed
    float x, y;
};
struct Cancel {};
struct StopFling {
    std::uint32_t region;
};
struct DragBy {  // content follows the finger: positive moves it down
    std::uint32_t region;
    float dy_px;
};
struct Fling {
    std::uint32_t region;
    float speed_px_per_s;  // sign as DragBy
};
struct InZone {
    std::uint32_t region;
    FingerSample sample;
};
struct Captured {
    std::uint32_t region;
    FingerSample sample;
};
struct Curtain {};  // both thumbs still inside the edges for 600 ms
}  // namespace touch

using TouchAct = std::variant<touch::Press, touch::Release, touch::Cancel, touch::StopFling, touch::DragBy,
                              touch::Fling, touch::InZone, touch::Captured, touch::Curtain>;

struct TouchMeasures {
    float px_per_mm = 5.88f;
    float width_px = 1280;
    float height_px = 800;
    float slop_mm = 2.5f;
    float fling_min_mm_per_s = 25;
    float fling_max_mm_per_s = 1200;
    std::int64_t speed_window_us = 100'000;
    std::int64_t moved_within_us = 50'000;
};

class TouchArbiter {
public:
    using Ask = std::function<TouchGround(float x, float y)>;
    TouchArbiter(const TouchMeasures& measures, Ask ground);

    std::vector<TouchAct> feed(const FingerSample& sample);
    std::vector<TouchAct> focus_lost();
    // For what needs time alone (the curtain).  Returns when to be asked again, in `next_us`.
    std::vector<TouchAct> tick(std::int64_t now_us, std::optional<std::int64_t>& next_us);
    void measure(const TouchMeasures& measures) { measures_ = measures; }
    bool busy() const;  // any finger is down

private:
    struct Finger {
        FingerSample first;
        FingerSample last;
        TouchGround ground;
        enum class State : std::uint8_t { pressed, dragging, dead, apart } state = State::pressed;
        std::vector<FingerSample> recent;
    };
    TouchMeasures measures_;
    Ask ground_;
    std::map<std::int64_t, Finger> fingers_;
};

// A list that was flung: speed falls by exp(-dt / 325 ms), stops under 4 mm/s.
// Whole pixels are handed out, the remainder is kept.
class FlingMotion {
public:
    void start(float speed_px_per_s) {
        speed_ = speed_px_per_s;
        remainder_ = 0;
    }
    void stop() { speed_ = 0; }
    bool moving() const { return speed_ != 0; }
    // Whole pixels for this step.
    float step(double dt_s, float px_per_mm);

private:
    float speed_ = 0;
    float remainder_ = 0;
};

}  // namespace doorstep
