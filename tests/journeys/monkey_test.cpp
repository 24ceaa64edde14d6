// 200 seeds of a monkey: no crash, no dead end, no act from a drag, no answer lost.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fmt/format.h>

#include "tests/journeys/monkey.h"
#include "tests/journeys/street.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

int seeds() {
    const char* wanted = std::getenv("DOORSTEP_MONKEYS");
    return wanted ? std::atoi(wanted) : 200;
}

void one_monkey(std::uint64_t seed) {
    INFO("seed " << seed);
    const TemporaryFolder folder;
    ManualClock clock(1'795'255'200'000, 0);  // 21 November 2026, 10:00
    SeededRandom random(seed);
    REQUIRE(make_street(folder.path(), clock, random, 10).ok());
    auto app = open_street(folder.path(), clock, random, false);
    REQUIRE(app.ok());
    {
        Monkey monkey(**app, random);
        monkey.play(40);
        for (const std::string& complaint : monkey.complaints())
            FAIL_CHECK(complaint);
        const std::string place = (*app)->view()->place;
        const std::vector<std::string> before = answers_in_sight(*(*app)->view());
        app.value().reset();  // as a kill does: nothing is saved at the end

        app = open_street(folder.path(), clock, random, false);
        REQUIRE(app.ok());
        if (!before.empty()) {
            CHECK((*app)->view()->place == place);
            CHECK(answers_in_sight(*(*app)->view()) == before);
        }
    }
    Monkey again(**app, random);
    CHECK(again.finds_home());
}

}  // namespace

TEST_CASE("a monkey crashes nothing, finds home, acts by no drag and loses no answer", "[monkey]") {
    for (int seed = 1; seed <= seeds(); ++seed)
        one_monkey(static_cast<std::uint64_t>(seed));
}
