#include <catch2/catch.hpp>

#include "client/platform/redraw.h"

using namespace doorstep;

namespace {

constexpr std::int64_t ms = 1000;

// Frames until none is due.
int frames(RedrawPlan& plan, std::int64_t now_us = 0) {
    int drawn = 0;
    for (; plan.due(now_us) && drawn < 100; ++drawn)
        plan.drawn(now_us);
    return drawn;
}

}  // namespace

TEST_CASE("with nothing to show the plan waits for ever", "[redraw]") {
    RedrawPlan plan;
    CHECK(plan.wait_ms(0) == 0);
    CHECK(frames(plan) == 3);  // the window was opened
    CHECK(plan.wait_ms(0) == -1);
    CHECK(plan.wait_ms(1'000'000 * ms) == -1);
    CHECK_FALSE(plan.due(1'000'000 * ms));
}

TEST_CASE("each reason owes its frames and reasons do not add up", "[redraw]") {
    RedrawPlan plan;
    frames(plan);
    plan.because(Redraw::input);
    CHECK(frames(plan) == 3);
    plan.because(Redraw::view_changed);
    CHECK(frames(plan) == 2);
    plan.because(Redraw::exposed);
    CHECK(frames(plan) == 3);
    plan.because(Redraw::input);
    plan.because(Redraw::view_changed);
    plan.because(Redraw::input);
    CHECK(frames(plan) == 3);
}

TEST_CASE("a deadline wakes once, at its time and not before", "[redraw]") {
    RedrawPlan plan;
    frames(plan);
    plan.wake_at(500 * ms);
    plan.wake_at(900 * ms);  // the nearest counts
    CHECK(plan.wait_ms(0) == 500);
    CHECK(plan.wait_ms(499 * ms + 300) == 1);  // rounded up: never a frame too early
    CHECK_FALSE(plan.due(500 * ms - 1));
    CHECK(plan.due(500 * ms));
    CHECK(frames(plan, 500 * ms) == 1);
    CHECK(plan.wait_ms(500 * ms) == -1);
}

TEST_CASE("a frame for another reason does not use up a deadline", "[redraw]") {
    RedrawPlan plan;
    frames(plan);
    plan.wake_at(500 * ms);
    plan.because(Redraw::input);
    CHECK(frames(plan, 100 * ms) == 3);
    CHECK(plan.wait_ms(100 * ms) == 400);
}

TEST_CASE("an animation is drawn until its time and ends with a last frame", "[redraw]") {
    RedrawPlan plan;
    frames(plan);
    plan.animate_until(140 * ms);
    plan.animate_until(50 * ms);  // a shorter one does not cut it
    int drawn = 0;
    std::int64_t now = 0;
    for (; plan.due(now); now += 16 * ms, ++drawn)
        plan.drawn(now);
    CHECK(drawn == 10);  // 0, 16 ... 128 ms, and one that shows where it came to rest
    CHECK(plan.wait_ms(now) == -1);
}

TEST_CASE("nothing is drawn while hidden, and what is owed is drawn after", "[redraw]") {
    RedrawPlan plan;
    frames(plan);
    plan.hide(true);
    plan.because(Redraw::view_changed);
    plan.wake_at(10 * ms);
    CHECK_FALSE(plan.due(20 * ms));
    CHECK(plan.wait_ms(20 * ms) == -1);
    plan.hide(false);
    plan.because(Redraw::exposed);
    CHECK(plan.wait_ms(20 * ms) == 0);
    CHECK(frames(plan, 20 * ms) == 3);
    CHECK(plan.wait_ms(20 * ms) == -1);
}

TEST_CASE("a paced animation comes sixty times a second", "[redraw]") {
    RedrawPlan plan;
    plan.pace(16'667);
    plan.animate_until(1'000 * ms);
    int drawn = 0;
    for (std::int64_t now = 0; now < 1'200 * ms; now += ms)
        if (plan.due(now)) {
            plan.drawn(now);
            ++drawn;
        }
    CHECK(drawn >= 58);
    CHECK(drawn <= 62);
    CHECK(plan.wait_ms(1'200 * ms) == -1);
}

TEST_CASE("a tap between two paced frames waits for a quarter of one at most", "[redraw]") {
    RedrawPlan plan;
    plan.pace(16'000);
    CHECK(plan.due(0));  // the first of all waits for nothing
    plan.drawn(0);
    CHECK(plan.wait_ms(2 * ms) == 14);  // one still owed
    plan.because(Redraw::input);
    CHECK_FALSE(plan.due(2 * ms));
    CHECK(plan.wait_ms(2 * ms) == 2);
    CHECK(plan.due(4 * ms));
    plan.drawn(4 * ms);
    CHECK(plan.wait_ms(4 * ms) == 16);  // what follows keeps the pace
    plan.because(Redraw::view_changed);
    CHECK(plan.due(8 * ms));
    CHECK(plan.due(500 * ms));
}

TEST_CASE("a deadline keeps the pace too", "[redraw]") {
    RedrawPlan plan;
    plan.pace(16'000);
    for (std::int64_t now = 0; plan.wait_ms(now) >= 0; now += ms)
        if (plan.due(now))
            plan.drawn(now);
    plan.because(Redraw::input);
    plan.drawn(100 * ms);
    plan.drawn(100 * ms);
    plan.drawn(100 * ms);
    plan.wake_at(105 * ms);
    CHECK(plan.wait_ms(100 * ms) == 16);
    CHECK_FALSE(plan.due(105 * ms));
    CHECK(plan.due(116 * ms));
}
