#include "sync/listener/rate.h"

#include <catch2/catch.hpp>

#include <string>

using namespace doorstep;
using namespace std::chrono_literals;

TEST_CASE("a tablet may ask 60 times a minute, and is told how long to wait", "[rate]") {
    Rate rate;
    const auto who = Sha256::of("tab-01");
    Rate::Moment now{};
    for (int i = 0; i < 60; ++i)
        REQUIRE(rate.wait_s(who, 100, now) == 0);
    CHECK(rate.wait_s(who, 100, now) == 1);
    CHECK(rate.wait_s(Sha256::of("tab-02"), 100, now) == 0);
    now += 1s;
    CHECK(rate.wait_s(who, 100, now) == 0);
    CHECK(rate.wait_s(who, 100, now) == 1);
}

TEST_CASE("a tablet may send 10 MiB a minute", "[rate]") {
    Rate rate;
    const auto who = Sha256::of("tab-01");
    const Rate::Moment now{};
    for (int i = 0; i < 10; ++i)
        REQUIRE(rate.wait_s(who, 1024 * 1024, now) == 0);
    CHECK(rate.wait_s(who, 1024 * 1024, now) == 6);
    CHECK(rate.wait_s(who, 0, now) == 0);
}

TEST_CASE("guessed tokens do not fill the memory, and a clock that stands does not lock out", "[rate]") {
    Rate rate;
    Rate::Moment now{};
    for (int i = 0; i < 20'000; ++i)
        CHECK(rate.wait_s(Sha256::of(std::to_string(i)), 10, now) == 0);
}

TEST_CASE("pieces of pictures have a pace of their own and leave that of the other requests alone",
          "[rate]") {
    Rate rate;
    const auto who = Sha256::of("tab-01");
    Rate::Moment now{};
    for (int i = 0; i < static_cast<int>(limits::pieces_per_minute); ++i)
        REQUIRE(rate.wait_s(who, 100, now, true) == 0);
    CHECK(rate.wait_s(who, 100, now, true) == 1);
    CHECK(rate.wait_s(who, 100, now) == 0);
    // Bytes are counted together.
    CHECK(rate.wait_s(who, static_cast<std::size_t>(limits::bytes_per_minute), now) > 0);
    now += std::chrono::seconds(1);
    CHECK(rate.wait_s(who, 100, now, true) == 0);
}
