// A clock that is far off: said in words, nothing pushed, the pull goes on.
#include "tests/sync/tablet/engine_bench.h"

using namespace doorstep;
using doorstep::testing::EngineBench;
using What = SyncState::What;

namespace {

struct OnDuty : EngineBench {
    explicit OnDuty(std::int64_t tolerance_ms = clock_tolerance_ms_on_duty) : EngineBench(tolerance_ms) {}
    // Asks for the status, or finds it asked, and the endpoint's clock reads `off_ms` from ours.
    void compare(std::int64_t off_ms, std::uint64_t cursor_max = 0) {
        const auto* status = sent(Lane::status);
        REQUIRE(status);
        wire::TabletReply told = stands(0, cursor_max);
        told.server_time_ms = now - off_ms;
        reply(Lane::status, status->attempt, ours(wire::encode(told)));
    }
    std::string words() const { return engine.state().words; }
};

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t day = 24 * 60 * minute;

}  // namespace

TEST_CASE("with a clock that is years off nothing is pushed, and the pull goes on", "[engine][clock]") {
    OnDuty bench;
    bench.keep_fact();
    bench.begin(bench.position());
    bench.compare(-3 * 365 * day, 5);
    CHECK_FALSE(bench.find<LoadUnsent>());
    CHECK(bench.sent(Lane::pull));
    CHECK(bench.engine.state().what == What::wrong_clock);
    CHECK(bench.words() ==
          "This tablet's clock is 3 years slow. Set the date and time, then choose Sync now. Nothing was "
          "sent.");
    CHECK(bench.engine.state().unsent == 1);
    CHECK(bench.engine.state().sent == 0);
    CHECK_FALSE(bench.engine.state().up_to_date);
}

TEST_CASE("a clock that was set right lets everything go", "[engine][clock]") {
    OnDuty bench;
    bench.keep_fact();
    bench.begin(bench.position());
    bench.compare(2 * day);
    CHECK(bench.words().find("2 days fast") != std::string::npos);
    SECTION("by the officer's choice") {
        bench.step(SyncNow{bench.now});
    }
    SECTION("and by the next thing that is recorded") {
        bench.keep_fact();
        bench.step(FactsKept{2, bench.now});
    }
    bench.compare(0);
    CHECK(bench.find<LoadUnsent>());
    CHECK(bench.words().empty());
}

TEST_CASE("an hour off is borne, more is not; seasons bear any clock", "[engine][clock]") {
    for (const std::int64_t sign : {1, -1}) {
        OnDuty bench;
        bench.keep_fact();
        bench.begin(bench.position());
        SECTION("an hour " + std::to_string(sign)) {
            bench.compare(sign * 60 * minute);
            CHECK(bench.find<LoadUnsent>());
            CHECK(bench.words().empty());
        }
        SECTION("a minute more " + std::to_string(sign)) {
            bench.compare(sign * 61 * minute);
            CHECK_FALSE(bench.find<LoadUnsent>());
            CHECK(bench.words().find("61 minutes") != std::string::npos);
        }
    }
    OnDuty season(any_clock);
    season.keep_fact();
    season.begin(season.position());
    season.compare(-13 * 365 * day);
    CHECK(season.find<LoadUnsent>());
}

TEST_CASE("a wrong clock with nothing to send is said all the same", "[engine][clock]") {
    OnDuty bench;
    bench.begin(bench.position());
    bench.compare(-5 * 60 * minute);
    CHECK(bench.words().find("5 hours slow") != std::string::npos);
    CHECK_FALSE(bench.engine.state().up_to_date);
}
