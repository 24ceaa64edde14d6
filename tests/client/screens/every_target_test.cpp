// Whatever looks as if it could be tapped does something.
#include <catch2/catch.hpp>
#include <set>

#include "tests/client/screens/glass.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

namespace {

std::set<std::string> shown(const Glass& glass) {
    std::set<std::string> all;
    for (const Mark& mark : glass.marks())
        all.insert(mark.label + (mark.checked ? "+" : "") + "=" + mark.value);
    return all;
}

// What is chosen already says nothing when it is chosen again, nor does a field that is
// typed into.
bool says_something(Glass& glass, const Mark& mark) {
    const bool typed_into = mark.role == Role::field && !glass.stage().focus().field.empty();
    return can_be_tapped(mark.role) && mark.role != Role::key && mark.enabled && !typed_into &&
           !(mark.checked && (mark.role == Role::radio || mark.role == Role::tab));
}

}  // namespace

TEST_CASE("every target says an intent or unfolds something", "[screens]") {
    Glass glass(landscape);
    for (const samples::Sample& sample : samples::all()) {
        glass.show(sample.view);
        std::vector<std::string> labels;
        for (const Mark& mark : glass.marks())
            if (says_something(glass, mark))
                labels.push_back(mark.label);
        for (const std::string& label : labels) {
            INFO(sample.name << ": " << label);
            glass.show(sample.view);
            const std::set<std::string> before = shown(glass);
            REQUIRE(glass.tap(label));
            CHECK((!glass.take_said().empty() || shown(glass) != before));
        }
    }
}

TEST_CASE("a drag over a screen says nothing", "[screens]") {
    Glass glass(landscape);
    for (const samples::Sample& sample : samples::all()) {
        glass.show(sample.view);
        const auto at = [&](FingerSample::Phase phase, float x, float y, std::int64_t ms) {
            glass.stage().event(FingerSample{phase, 1, x, y, ms * 1000, 1});
        };
        for (float y = 120; y < 700; y += 45) {
            at(FingerSample::Phase::down, 300, y, 0);
            at(FingerSample::Phase::move, 300, y - 40, 16);
            at(FingerSample::Phase::move, 300, y - 80, 32);
            at(FingerSample::Phase::up, 300, y - 80, 200);
            glass.settle();
        }
        INFO(sample.name);
        CHECK(glass.take_said().empty());
    }
}

}  // namespace doorstep
