// Power cuts at every moment of a day.  DOORSTEP_POWER_CUTS=100000 for the night.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/faults/nightly.h"
#include "tests/faults/power_cuts.h"

using namespace doorstep;
using namespace doorstep::faults;

namespace {

std::string text_of(SqlConnection& sql, std::string_view question) {
    std::string answer;
    REQUIRE(sql.query(question, {},
                      [&](const SqlRow& row) {
                          answer = row.text(0);
                          return false;
                      })
                .ok());
    return answer;
}

// How many days it takes until the mistake is seen; 0: it is not.
std::uint64_t days_until_found(PowerPlan plan, std::uint64_t days) {
    plan.stops_when_wrong = true;
    for (plan.seed = 1; plan.seed <= days; ++plan.seed)
        if (cut_everywhere(plan).wrong > 0)
            return plan.seed;
    return 0;
}

}  // namespace

TEST_CASE("the same seed loses the same, and what was synced stays", "[faults][power]") {
    std::vector<Files> left;
    for (int run = 0; run < 2; ++run) {
        FaultyDisk disk("faulty");
        Tablet tablet(1);
        REQUIRE(tablet.open({disk.name()}).ok());
        for (const auto& step : small_day(4, 5))
            REQUIRE(step.work(tablet).ok());
        disk.cut_power_at(3, 17);
        for (const auto& step : small_day(4, 12))
            static_cast<void>(step.work(tablet));
        REQUIRE(disk.survived());
        left.push_back(*disk.survived());
        CHECK(left.back().contains(day_file));
    }
    for (const auto& [name, bytes] : left[0])
        CHECK(left[1].at(name).size() == bytes.size());
}

TEST_CASE("every recovery after a power cut is what was acknowledged, and at most the one step in flight",
          "[faults][power]") {
    const auto wanted = how_many("DOORSTEP_POWER_CUTS", 5'000);
    PowerScore score;
    std::uint64_t days = 0;
    while (score.points < wanted) {
        PowerPlan plan;
        plan.seed = ++days;
        plan.sealing = days % 3 == 0 ? Sealing::none : Sealing::rows;
        plan.points_max = wanted - score.points;
        score.add(cut_everywhere(plan));
    }
    INFO(score.first_wrong);
    CHECK(score.wrong == 0);
    CHECK(score.points == wanted);
    fmt::print("power cuts: {} moments of {} days, {} wrong\n", score.points, days, score.wrong);
}

TEST_CASE("the cuts see synchronous=NORMAL, OFF, and a disk that lies about its syncs", "[faults][power]") {
    for (const char* level : {"normal", "off"}) {
        PowerPlan careless;
        careless.mistake = [level](Tablet& tablet) {
            REQUIRE(
                tablet.sql->script(fmt::format("pragma {}.synchronous = {}", tablet.schema(), level)).ok());
        };
        INFO(level);
        CHECK(days_until_found(careless, 3) > 0);
    }
    PowerPlan lied_to;
    lied_to.disk_lies = true;
    CHECK(days_until_found(lied_to, 3) > 0);
}

TEST_CASE("a store is open only as power cuts allow: exclusive, with its log, waiting for the disk",
          "[faults][power]") {
    FaultyDisk disk("faulty");
    for (const auto sealing : {Sealing::rows, Sealing::none}) {
        Tablet tablet(1, sealing);
        REQUIRE(tablet.open({disk.name()}, sealing == Sealing::rows ? "sealed" : "plain").ok());
        const auto asked = [&](const char* pragma) {
            return text_of(*tablet.sql, fmt::format("pragma {}.{}", tablet.schema(), pragma));
        };
        CHECK(asked("locking_mode") == "exclusive");
        CHECK(asked("journal_mode") == "wal");
        CHECK(asked("synchronous") == "2");
        CHECK(text_of(*tablet.sql, "pragma wal_autocheckpoint") == "0");
    }
    // This disk has no shared memory: a log before the exclusive lock cannot be had on it,
    // and what opens in another journal mode is not taken.
    sqlite3* raw = nullptr;
    REQUIRE(sqlite3_open_v2("other.sqlite", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                            disk.name().c_str()) == SQLITE_OK);
    std::string mode;
    sqlite3_exec(
        raw, "pragma journal_mode = wal",
        [](void* out, int, char** columns, char**) {
            *static_cast<std::string*>(out) = columns[0];
            return 0;
        },
        &mode, nullptr);
    sqlite3_close(raw);
    CHECK(mode != "wal");
}
