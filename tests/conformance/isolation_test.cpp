// One case that crashes or hangs must not end the run.
#include "tests/conformance/isolation.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <stdexcept>

using namespace doorstep::conformance;

TEST_CASE("a case that crashes or never ends is one miss, and the others are run", "[conformance]") {
    std::vector<Case> cases(5);
    for (Case& one : cases)
        one.run = Outcome::pass;
    cases[1].run = []() -> Outcome { std::abort(); };
    cases[2].seconds = 1;
    cases[2].run = []() -> Outcome {
        for (volatile bool forever = true; forever;)
            continue;
        return Outcome::pass();
    };
    cases[4].run = []() -> Outcome { throw std::runtime_error("not meant to be"); };
    std::vector<const Case*> all;
    for (const Case& one : cases)
        all.push_back(&one);
    const auto outcomes = run_isolated(all);
    REQUIRE(outcomes.size() == 5);
    CHECK(outcomes[0].verdict == Verdict::passed);
    CHECK(outcomes[1].verdict == Verdict::failed);
    CHECK(outcomes[1].reason == "crashed");
    CHECK(outcomes[2].reason == "never ended");
    CHECK(outcomes[3].verdict == Verdict::passed);
    CHECK(outcomes[4].verdict == Verdict::failed);
}
