// Any sequence of samples: what must hold of every one.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "tests/client/platform/hand.h"

using namespace doorstep;
using doorstep::test::Hand;

namespace {

// Feeds random fingers and keeps its own, simpler account of them.
class Monkey {
public:
    explicit Monkey(unsigned seed) : chance_(seed) {}

    void play(int samples) {
        for (int i = 0; i < samples; ++i) {
            hand_.now_ms += at_most(40);
            hand_.moving = at_most(9) == 0;
            switch (at_most(60)) {
            case 0:
                check(hand_.arbiter.focus_lost(), -1);
                places_.clear();
                break;
            case 1:
                check(hand_.tick(), -1);
                break;
            default:
                finger(std::max(0, at_most(12) - 10));  // mostly one
            }
        }
        check(hand_.arbiter.focus_lost(), -1);
        CHECK(pressed_ == 0);
        CHECK_FALSE(hand_.arbiter.busy());
    }
    int releases = 0;
    int drags = 0;

private:
    struct Place {
        float x = 0;
        float y = 0;
        bool moved = false;
    };

    int at_most(int most) { return std::uniform_int_distribution<int>(0, most)(chance_); }

    void finger(std::int64_t id) {
        const auto found = places_.find(id);
        if (found == places_.end() || at_most(40) == 0) {  // at times its lift is lost
            Place place{static_cast<float>(at_most(255)), static_cast<float>(at_most(159)), false};
            places_[id] = place;
            dragged_.erase(id);
            check(hand_.down(id, place.x, place.y), id);
            return;
        }
        Place& place = found->second;
        const float reach = at_most(3) == 0 ? 30.0f : 1.2f;  // mm
        const auto shift = [&] { return reach * (static_cast<float>(at_most(200)) / 100 - 1); };
        const float x = place.x + shift();
        const float y = place.y + shift();
        if (std::hypot(x - place.x, y - place.y) > 2.5f)
            place.moved = true;
        const int what = at_most(20);
        if (what > 6) {
            check(hand_.move(id, x, y), id);
            return;
        }
        check(what > 0 ? hand_.up(id, x, y) : hand_.cancel(id), id);
        places_.erase(id);
        dragged_.erase(id);
    }

    void check(const std::vector<TouchAct>& acts, std::int64_t id) {
        for (const TouchAct& act : acts) {
            if (std::holds_alternative<touch::Press>(act)) {
                CHECK(pressed_ == 0);
                ++pressed_;
            }
            if (std::holds_alternative<touch::Cancel>(act) || std::holds_alternative<touch::Release>(act)) {
                CHECK(pressed_ == 1);
                --pressed_;
            }
            if (std::holds_alternative<touch::DragBy>(act)) {
                dragged_.insert(id);
                ++drags;
            }
            if (const auto* release = std::get_if<touch::Release>(&act)) {
                const Place& place = places_.at(id);
                CHECK_FALSE(place.moved);
                CHECK(dragged_.count(id) == 0);
                CHECK(release->x == place.x * Hand::px_per_mm);
                CHECK(release->y == place.y * Hand::px_per_mm);
                ++releases;
            }
            if (const auto* fling = std::get_if<touch::Fling>(&act)) {
                CHECK(std::fabs(fling->speed_px_per_s) <= 1200 * Hand::px_per_mm);
                CHECK(std::fabs(fling->speed_px_per_s) > 25 * Hand::px_per_mm);
            }
        }
    }

    Hand hand_;
    std::mt19937 chance_;
    std::map<std::int64_t, Place> places_;
    std::set<std::int64_t> dragged_;
    int pressed_ = 0;
};

}  // namespace

TEST_CASE("whatever the fingers do, no drag presses and every press ends once", "[touch][monkey]") {
    int releases = 0;
    int drags = 0;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        Monkey monkey(seed);
        monkey.play(300);
        releases += monkey.releases;
        drags += monkey.drags;
    }
    CHECK(releases > 1000);  // the monkey does tap,
    CHECK(drags > 300);      // and drag
}
