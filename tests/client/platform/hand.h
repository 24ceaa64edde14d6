// A hand over a touch arbiter: fingers in millimetres and milliseconds.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "client/platform/touch.h"

namespace doorstep::test {

// The ground of these tests: 1280x800 at 5 px/mm (256 x 160 mm).
//   y < 40 mm plain, 40..110 a list (region 7), 110..160 the keyboard's zone (region 9);
//   x > 200 mm above the zone is a box for a signature (region 11)
class Hand {
public:
    static constexpr float px_per_mm = 5;
    static constexpr std::uint32_t list = 7;
    static constexpr std::uint32_t keyboard = 9;
    static constexpr std::uint32_t signature = 11;

    Hand() : arbiter(measures(), [this](float x, float y) { return ground(x, y); }) {}

    static TouchMeasures measures() {
        TouchMeasures measures;
        measures.px_per_mm = px_per_mm;
        return measures;
    }

    using Phase = FingerSample::Phase;
    std::vector<TouchAct> down(std::int64_t finger, float x_mm, float y_mm) {
        return feed(Phase::down, finger, x_mm, y_mm);
    }
    std::vector<TouchAct> move(std::int64_t finger, float x_mm, float y_mm) {
        return feed(Phase::move, finger, x_mm, y_mm);
    }
    std::vector<TouchAct> up(std::int64_t finger, float x_mm, float y_mm) {
        return feed(Phase::up, finger, x_mm, y_mm);
    }
    std::vector<TouchAct> cancel(std::int64_t finger) { return feed(Phase::cancel, finger, 0, 0); }
    std::vector<TouchAct> feed(Phase phase, std::int64_t finger, float x_mm, float y_mm) {
        FingerSample sample;
        sample.phase = phase;
        sample.finger = finger;
        sample.x = x_mm * px_per_mm;
        sample.y = y_mm * px_per_mm;
        sample.at_us = now_ms * 1000;
        return keep(arbiter.feed(sample));
    }
    std::vector<TouchAct> keep(std::vector<TouchAct> acts) {
        all.insert(all.end(), acts.begin(), acts.end());
        return acts;
    }
    Hand& after(std::int64_t ms) {
        now_ms += ms;
        return *this;
    }
    std::vector<TouchAct> tick() { return keep(arbiter.tick(now_ms * 1000, next_us)); }

    // Drags down the list at a steady speed, a sample each 10 ms; the finger stays down.
    void pull(std::int64_t finger, float from_y_mm, float mm_per_s, int samples) {
        down(finger, 50, from_y_mm);
        for (int i = 1; i <= samples; ++i)
            after(10).move(finger, 50, from_y_mm + mm_per_s * 0.01f * static_cast<float>(i));
    }

    template<class Act>
    int count() const {
        return count_in<Act>(all);
    }
    template<class Act>
    static int count_in(const std::vector<TouchAct>& acts) {
        return static_cast<int>(std::count_if(
            acts.begin(), acts.end(), [](const TouchAct& act) { return std::holds_alternative<Act>(act); }));
    }
    // The last act of that kind.
    template<class Act>
    const Act* last() const {
        const Act* found = nullptr;
        for (const TouchAct& act : all)
            if (const auto* one = std::get_if<Act>(&act))
                found = one;
        return found;
    }
    float dragged_px() const {
        float sum = 0;
        for (const TouchAct& act : all)
            if (const auto* drag = std::get_if<touch::DragBy>(&act))
                sum += drag->dy_px;
        return sum;
    }

    TouchArbiter arbiter;
    std::vector<TouchAct> all;
    std::optional<std::int64_t> next_us;
    std::int64_t now_ms = 10'000;
    bool moving = false;

private:
    TouchGround ground(float x, float y) const {
        using Kind = TouchGround::Kind;
        if (y >= 110 * px_per_mm)
            return {Kind::zone, keyboard, false};
        if (x > 200 * px_per_mm)
            return {Kind::capture, signature, false};
        if (y >= 40 * px_per_mm)
            return {Kind::scroll, list, moving};
        return {};
    }
};

}  // namespace doorstep::test
