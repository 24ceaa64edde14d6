// The touch arbiter: every finger enters one state machine, and only what survives
// it becomes a press, a drag or a fling.  Pure: samples in, acts out; no clock, no
// window, no Dear ImGui.
//
//   down   on a moving list: stops it and presses nothing (it may drag on); else a
//          press shows at once
//   moved more than 2.5 mm: the press is cancelled; mostly vertical over a scroll
//          region it becomes a drag from the current point (no jump)
//   up     a drag flings at the speed of its last 100 ms, if it moved in the last 50 ms
//          and faster than 25 mm/s (at most 1,200); else a release where it was pressed
//   a second finger, focus lost, cancel: everything is cancelled until all are lifted
//
// Fingers in a zone are apart: each there is its own, cancels nothing and is cancelled
// by nothing but focus lost.  A captured finger (a signature) keeps its strokes
// whatever else touches the glass, and while it is down a palm beside it presses
// nothing.
//
// A drag or a fling never presses anything.  A Press is followed by exactly one Release
// or Cancel.
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
struct DragBy {  // content follows the finger: positive moves it down; whole pixels
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
    // Below this a finger that rests has not moved: panels tremble.
    float tremble_mm = 0.25f;
    float curtain_inside_mm = 20;  // from every edge, and from each other
    std::int64_t curtain_after_us = 600'000;
    // A finger that was not heard of for so long no longer counts as a second one: the
    // thumb of the hand that holds the tablet, or a lift that the system lost.
    std::int64_t forgotten_after_us = 3'000'000;
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
    // pressed: a press is shown; waiting: as pressed, but shows and fires nothing;
    // dead: nothing until it is lifted; apart: in a zone or captured.
    enum class State : std::uint8_t { pressed, waiting, dragging, dead, apart };
    using Trail = std::vector<FingerSample>;
    struct Finger {
        FingerSample first;
        FingerSample last;
        TouchGround ground;
        State state = State::pressed;
        bool moved = false;    // ever beyond the slop
        float dragged_to = 0;  // y up to which DragBy was handed out
        Trail trail;           // the places of the last 100 ms, and one before
    };

    void down(const FingerSample& sample, std::vector<TouchAct>& acts);
    void moved(Finger& finger, const FingerSample& sample, std::vector<TouchAct>& acts);
    void up(const Finger& finger, std::vector<TouchAct>& acts) const;
    void apart(const Finger& finger, const FingerSample& sample, std::vector<TouchAct>& acts) const;
    void lose(Finger& finger, std::vector<TouchAct>& acts) const;
    void cancel_all(std::vector<TouchAct>& acts);
    bool silent(const Finger& finger, std::int64_t now_us) const;
    void forget_silent(std::int64_t now_us, std::vector<TouchAct>& acts);
    void remember(Finger& finger, const FingerSample& sample) const;
    static float was_at(const Trail& trail, std::int64_t at_us);   // y
    std::optional<float> fling_speed(const Finger& finger) const;  // px/s
    std::optional<std::int64_t> curtain_due() const;
    void draw_curtain(std::int64_t now_us, std::vector<TouchAct>& acts);

    TouchMeasures measures_;
    Ask ground_;
    std::map<std::int64_t, Finger> fingers_;
    bool curtain_drawn_ = false;  // by the fingers that are down
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
