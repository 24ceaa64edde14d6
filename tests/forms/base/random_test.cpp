#include "forms/base/random.h"

#include <catch2/catch.hpp>

#include <array>
#include <set>

using namespace doorstep;

TEST_CASE("the same seed gives the same sequence", "[base]") {
    SeededRandom first(42), second(42), other(43);
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const auto value = first.next();
        CHECK(value == second.next());
        differs = differs || value != other.next();
    }
    CHECK(differs);
}

TEST_CASE("below() stays below and reaches every value", "[base]") {
    SeededRandom random(3);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto value = random.below(7);
        CHECK(value < 7);
        seen.insert(value);
    }
    CHECK(seen.size() == 7);
    CHECK(random.below(1) == 0);
}

TEST_CASE("the kernel's chance does not repeat itself", "[base]") {
    SystemRandom random;
    std::array<std::uint8_t, 32> first{}, second{};
    random.fill(first);
    random.fill(second);
    CHECK(first != second);
}
