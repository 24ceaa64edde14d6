#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/client/platform/hand.h"

using namespace doorstep;
using doorstep::test::Hand;

TEST_CASE("a press shows at once and is released where it was pressed", "[touch]") {
    Hand hand;
    const auto pressed = hand.down(1, 100, 20);
    REQUIRE(pressed.size() == 1);
    CHECK(std::get<touch::Press>(pressed[0]).x == 500);
    CHECK(hand.arbiter.busy());
    CHECK(hand.after(40).move(1, 101, 21.5f).empty());  // 1.8 mm of jitter
    const auto released = hand.after(40).up(1, 101.5f, 21.5f);
    REQUIRE(released.size() == 1);
    CHECK(std::get<touch::Release>(released[0]).x == 500);
    CHECK(std::get<touch::Release>(released[0]).y == 100);
    CHECK_FALSE(hand.arbiter.busy());
}

TEST_CASE("a long press is a press", "[touch]") {
    Hand hand;
    hand.down(1, 100, 60);
    CHECK(Hand::count_in<touch::Release>(hand.after(9000).up(1, 100, 60)) == 1);
}

TEST_CASE("a finger that moves beyond the slop presses nothing any more", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    CHECK(Hand::count_in<touch::Cancel>(hand.after(10).move(1, 102.6f, 20)) == 1);
    hand.after(10).move(1, 100, 20);  // back again: still nothing
    CHECK(hand.after(10).up(1, 100, 20).empty());
    CHECK(hand.count<touch::Release>() == 0);
    CHECK(hand.count<touch::DragBy>() == 0);
}

TEST_CASE("a finger that is lifted far from where it pressed has moved", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    const auto acts = hand.after(10).up(1, 110, 20);  // no sample in between
    REQUIRE(acts.size() == 1);
    CHECK(std::holds_alternative<touch::Cancel>(acts[0]));
}

TEST_CASE("a drag begins without a jump and follows the finger in whole pixels", "[touch]") {
    Hand hand;
    hand.down(1, 100, 60);
    const auto begun = hand.after(10).move(1, 100, 63);  // 15 px: cancels, moves nothing
    CHECK(Hand::count_in<touch::Cancel>(begun) == 1);
    CHECK(Hand::count_in<touch::DragBy>(begun) == 0);
    for (int i = 1; i <= 100; ++i) {
        for (const TouchAct& act : hand.after(10).move(1, 100, 63 + 0.07f * static_cast<float>(i))) {
            const auto& drag = std::get<touch::DragBy>(act);
            CHECK(drag.region == Hand::list);
            CHECK(drag.dy_px == std::trunc(drag.dy_px));
        }
    }
    CHECK(hand.dragged_px() == Approx(35).margin(1));  // 0.35 px a sample: none is lost
    hand.after(200).up(1, 100, 70);
    CHECK(hand.count<touch::Release>() == 0);
}

TEST_CASE("sideways over a list cancels the press and drags nothing", "[touch]") {
    Hand hand;
    hand.down(1, 100, 60);
    CHECK(Hand::count_in<touch::Cancel>(hand.after(10).move(1, 104, 61)) == 1);
    CHECK(hand.after(10).move(1, 104, 80).empty());
    CHECK(hand.after(10).up(1, 104, 90).empty());
}

TEST_CASE("a finger down on a moving list stops it and presses nothing", "[touch]") {
    Hand hand;
    hand.moving = true;
    const auto acts = hand.down(1, 100, 60);
    REQUIRE(acts.size() == 1);
    CHECK(std::get<touch::StopFling>(acts[0]).region == Hand::list);
    hand.moving = false;
    CHECK(hand.after(50).up(1, 100, 60).empty());
    SECTION("but the same finger may drag on") {
        hand.moving = true;
        hand.after(50).down(1, 100, 60);
        CHECK(hand.after(10).move(1, 100, 64).empty());
        CHECK(hand.after(10).move(1, 100, 66).size() == 1);
        CHECK(hand.dragged_px() == 10);
        CHECK(hand.count<touch::Cancel>() == 0);  // nothing was pressed
    }
}

TEST_CASE("a lift in motion flings at the speed of the last 100 ms", "[touch]") {
    Hand hand;
    hand.pull(1, 45, 100, 20);     // 100 mm/s for 200 ms,
    for (int i = 1; i <= 10; ++i)  // then 300 mm/s for 100 ms
        hand.after(10).move(1, 50, 65 + 3 * static_cast<float>(i));
    hand.after(8).up(1, 50, 95);
    REQUIRE(hand.last<touch::Fling>());
    CHECK(hand.last<touch::Fling>()->region == Hand::list);
    CHECK(hand.last<touch::Fling>()->speed_px_per_s == Approx(300 * Hand::px_per_mm).epsilon(0.02));
}

TEST_CASE("a fling up has a negative speed", "[touch]") {
    Hand hand;
    hand.pull(1, 105, -200, 15);
    hand.up(1, 50, 75);
    REQUIRE(hand.last<touch::Fling>());
    CHECK(hand.last<touch::Fling>()->speed_px_per_s == Approx(-200 * Hand::px_per_mm).epsilon(0.02));
}

TEST_CASE("a finger that rested 50 ms before its lift does not fling", "[touch]") {
    Hand hand;
    hand.pull(1, 45, 300, 10);
    SECTION("without a sample") {
        hand.after(60).up(1, 50, 75);
        CHECK(hand.count<touch::Fling>() == 0);
    }
    SECTION("trembling") {
        for (int i = 0; i < 6; ++i)
            hand.after(10).move(1, 50, i % 2 ? 75.0f : 75.1f);
        hand.up(1, 50, 75);
        CHECK(hand.count<touch::Fling>() == 0);
    }
    SECTION("40 ms are no rest") {
        hand.after(40).up(1, 50, 75);
        CHECK(hand.count<touch::Fling>() == 1);
    }
}

TEST_CASE("a slow lift does not fling, a wild one is capped", "[touch]") {
    Hand hand;
    SECTION("24 mm/s") {
        hand.pull(1, 45, 24, 30);
        hand.up(1, 50, 45 + 24 * 0.3f);
        CHECK(hand.count<touch::Fling>() == 0);
    }
    SECTION("27 mm/s") {
        hand.pull(1, 45, 27, 30);
        hand.up(1, 50, 45 + 27 * 0.3f);
        CHECK(hand.count<touch::Fling>() == 1);
    }
    SECTION("4,000 mm/s") {
        hand.pull(1, 20 + 25, 4000, 1);
        hand.after(8).up(1, 50, 45 + 40 + 20);
        REQUIRE(hand.last<touch::Fling>());
        CHECK(hand.last<touch::Fling>()->speed_px_per_s == 1200 * Hand::px_per_mm);
    }
}

TEST_CASE("samples fetched together with one time do not divide by nothing", "[touch]") {
    Hand hand;
    hand.down(1, 50, 50);
    hand.move(1, 50, 60);
    hand.move(1, 50, 70);
    hand.up(1, 50, 80);
    CHECK(hand.count<touch::Fling>() == 0);
    CHECK(hand.dragged_px() == 100);
}

TEST_CASE("a clock that runs backwards does no harm", "[touch]") {
    Hand hand;
    hand.pull(1, 45, 300, 10);
    hand.after(-500).move(1, 50, 80);
    hand.after(-500).up(1, 50, 80);
    for (const TouchAct& act : hand.all)
        if (const auto* fling = std::get_if<touch::Fling>(&act))
            CHECK(std::fabs(fling->speed_px_per_s) <= 1200 * Hand::px_per_mm);
}

TEST_CASE("a second finger cancels the press and neither presses", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    const auto acts = hand.after(30).down(2, 150, 60);
    REQUIRE(acts.size() == 1);
    CHECK(std::holds_alternative<touch::Cancel>(acts[0]));
    CHECK(hand.after(30).up(1, 100, 20).empty());
    SECTION("nor a third while one is still down") {
        CHECK(hand.after(30).down(3, 20, 20).empty());
        CHECK(hand.up(3, 20, 20).empty());
    }
    CHECK(hand.after(30).up(2, 150, 60).empty());
    CHECK_FALSE(hand.arbiter.busy());
    CHECK(Hand::count_in<touch::Press>(hand.after(30).down(1, 100, 20)) == 1);
}

TEST_CASE("a second finger ends a drag without a fling", "[touch]") {
    Hand hand;
    hand.pull(1, 45, 300, 8);
    CHECK(hand.down(2, 150, 20).empty());
    CHECK(hand.after(10).move(1, 50, 80).empty());
    CHECK(hand.up(1, 50, 83).empty());
    CHECK(hand.count<touch::Fling>() == 0);
}

TEST_CASE("a second finger on a moving list still stops it", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    hand.moving = true;
    const auto acts = hand.after(10).down(2, 100, 60);
    CHECK(Hand::count_in<touch::StopFling>(acts) == 1);
    CHECK(Hand::count_in<touch::Cancel>(acts) == 1);
}

TEST_CASE("two thumbs type in the zone, each by itself", "[touch]") {
    Hand hand;
    hand.down(1, 50, 120);
    hand.after(20).down(2, 150, 120);
    hand.after(20).up(1, 50, 121);
    hand.after(20).down(1, 60, 130);
    hand.after(20).up(2, 151, 120);
    hand.after(20).up(1, 60, 130);
    CHECK(hand.count<touch::InZone>() == 6);
    CHECK(hand.all.size() == 6);
    CHECK(hand.last<touch::InZone>()->region == Hand::keyboard);
}

TEST_CASE("a finger in the zone and one on the page do not cancel each other", "[touch]") {
    Hand hand;
    hand.down(1, 50, 120);
    CHECK(Hand::count_in<touch::Press>(hand.after(10).down(2, 100, 20)) == 1);
    hand.after(10).down(3, 70, 120);
    CHECK(Hand::count_in<touch::Release>(hand.after(10).up(2, 100, 20)) == 1);
    CHECK(hand.count<touch::Cancel>() == 0);
}

TEST_CASE("a finger keeps its ground: from the zone over the page it stays in the zone", "[touch]") {
    Hand hand;
    hand.down(1, 50, 120);
    hand.after(10).move(1, 50, 20);
    hand.after(10).up(1, 50, 20);
    CHECK(hand.count<touch::InZone>() == 3);
    CHECK(hand.all.size() == 3);
}

TEST_CASE("a signature gets every sample, and the palm beside it presses nothing", "[touch]") {
    Hand hand;
    hand.down(1, 210, 60);
    CHECK(hand.after(5).down(2, 150, 90).empty());
    for (int i = 0; i < 50; ++i)
        hand.after(8).move(1, 210 + static_cast<float>(i) * 0.5f, 60);
    CHECK(hand.up(2, 150, 90).empty());
    hand.after(5).up(1, 235, 60);
    CHECK(hand.count<touch::Captured>() == 52);
    CHECK(hand.all.size() == 52);
}

TEST_CASE("a finger that begins to sign cancels the press beside it", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    const auto acts = hand.after(5).down(2, 210, 60);
    CHECK(Hand::count_in<touch::Cancel>(acts) == 1);
    CHECK(Hand::count_in<touch::Captured>(acts) == 1);
    CHECK(hand.after(5).up(1, 100, 20).empty());
}

TEST_CASE("losing the focus cancels everything and forgets every finger", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    hand.down(2, 50, 120);
    const auto acts = hand.keep(hand.arbiter.focus_lost());
    CHECK(Hand::count_in<touch::Cancel>(acts) == 1);
    REQUIRE(hand.last<touch::InZone>());  // so that no key stays down
    CHECK(hand.last<touch::InZone>()->sample.phase == FingerSample::Phase::cancel);
    CHECK_FALSE(hand.arbiter.busy());
    CHECK(hand.up(1, 100, 20).empty());
    CHECK(Hand::count_in<touch::Press>(hand.down(3, 100, 20)) == 1);
}

TEST_CASE("a finger that the system cancels cancels the press", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    CHECK(Hand::count_in<touch::Cancel>(hand.cancel(1)) == 1);
    CHECK(hand.up(1, 100, 20).empty());
    hand.down(1, 210, 60);
    hand.cancel(1);
    CHECK(hand.last<touch::Captured>()->sample.phase == FingerSample::Phase::cancel);
}

TEST_CASE("lifts that the system lost do not close the glass for ever", "[touch]") {
    Hand hand;
    hand.down(1, 100, 20);
    SECTION("the same finger comes down again") {
        const auto acts = hand.after(100).down(1, 120, 20);
        REQUIRE(acts.size() == 2);
        CHECK(std::holds_alternative<touch::Cancel>(acts[0]));
        CHECK(std::holds_alternative<touch::Press>(acts[1]));
    }
    SECTION("another comes down much later") {
        const auto acts = hand.after(3001).down(2, 120, 20);
        REQUIRE(acts.size() == 2);
        CHECK(std::holds_alternative<touch::Cancel>(acts[0]));
        CHECK(std::holds_alternative<touch::Press>(acts[1]));
        CHECK(hand.up(1, 100, 20).empty());
        CHECK(Hand::count_in<touch::Release>(hand.up(2, 120, 20)) == 1);
    }
    SECTION("samples of nobody, and places that are none") {
        CHECK(hand.move(8, 1, 1).empty());
        CHECK(hand.up(8, 1, 1).empty());
        CHECK(hand.down(9, std::numeric_limits<float>::quiet_NaN(), 20).empty());
        CHECK(hand.move(1, std::numeric_limits<float>::infinity(), 20).empty());
        CHECK(hand.up(1, 100, 20).size() == 1);
    }
}

TEST_CASE("two thumbs still inside the edges for 600 ms draw the curtain, once", "[touch][curtain]") {
    Hand hand;
    hand.down(1, 40, 50);
    hand.after(200).down(2, 180, 50);
    CHECK(hand.tick().empty());
    REQUIRE(hand.next_us);
    CHECK(*hand.next_us == (hand.now_ms + 600) * 1000);
    CHECK(hand.after(599).tick().empty());
    hand.move(1, 41, 50);  // trembles
    CHECK(Hand::count_in<touch::Curtain>(hand.after(1).tick()) == 1);
    CHECK_FALSE(hand.next_us);
    CHECK(hand.after(600).tick().empty());
    hand.up(1, 41, 50);
    hand.up(2, 180, 50);
    CHECK(hand.count<touch::Curtain>() == 1);
    CHECK(hand.count<touch::Release>() == 0);
}

TEST_CASE("a late frame does not lose the curtain", "[touch][curtain]") {
    Hand hand;
    hand.down(1, 40, 50);
    hand.down(2, 180, 50);
    CHECK(Hand::count_in<touch::Curtain>(hand.after(650).up(1, 40, 50)) == 1);
}

TEST_CASE("what is not two thumbs draws no curtain", "[touch][curtain]") {
    Hand hand;
    SECTION("too near an edge: the hands that hold the tablet") {
        hand.down(1, 15, 50);
        hand.down(2, 180, 50);
    }
    SECTION("one palm") {
        hand.down(1, 100, 50);
        hand.down(2, 112, 55);
    }
    SECTION("one of them moves") {
        hand.down(1, 40, 50);
        hand.down(2, 180, 50);
        hand.after(100).move(2, 180, 53);
    }
    SECTION("three fingers") {
        hand.down(1, 40, 50);
        hand.down(2, 180, 50);
        hand.after(100).down(3, 100, 50);
    }
    SECTION("typing") {
        hand.down(1, 40, 120);
        hand.down(2, 180, 120);
    }
    SECTION("one finger") {
        hand.down(1, 40, 50);
    }
    SECTION("lifted too early") {
        hand.down(1, 40, 50);
        hand.down(2, 180, 50);
        hand.after(500).up(2, 180, 50);
    }
    hand.after(2000).tick();
    CHECK(hand.count<touch::Curtain>() == 0);
    CHECK_FALSE(hand.next_us);
}

TEST_CASE("a fling slows by the clock, not by frames", "[touch][fling]") {
    const auto travelled = [](double frame_s) {
        FlingMotion motion;
        motion.start(1000);
        float sum = 0;
        for (double t = 0; t < 10 && motion.moving(); t += frame_s) {
            const float step = motion.step(frame_s, Hand::px_per_mm);
            CHECK(step == std::trunc(step));
            sum += step;
        }
        CHECK_FALSE(motion.moving());
        return sum;
    };
    // All of it is v * 325 ms = 325 px, less what stops under 4 mm/s (6.5 px).
    CHECK(travelled(1.0 / 60) == Approx(318.5f).margin(2));
    CHECK(travelled(1.0 / 20) == Approx(318.5f).margin(2.5));
    CHECK(travelled(1.0 / 250) == Approx(318.5f).margin(2));
}

TEST_CASE("a fling's speed falls to a third in 357 ms", "[touch][fling]") {
    FlingMotion motion;
    motion.start(-1000);
    motion.step(0.325, Hand::px_per_mm);
    const float next = motion.step(0.001, Hand::px_per_mm) + motion.step(0.01, Hand::px_per_mm);
    CHECK(next == Approx(-1000 * 0.3679f * 0.011f).margin(1.01));
}

TEST_CASE("a slow fling moves by whole pixels and keeps the rest", "[touch][fling]") {
    FlingMotion motion;
    motion.start(30);  // half a pixel a frame
    float sum = 0;
    int stood = 0;
    for (int i = 0; i < 12; ++i) {
        const float step = motion.step(1.0 / 60, 5);
        stood += step == 0;
        sum += step;
    }
    CHECK(stood >= 5);
    CHECK(sum == 3);  // 3.25 until it is slower than 4 mm/s
    motion.stop();
    CHECK(motion.step(1, 5) == 0);
}
