// Full disks and disks that fail: every write, sync and read of a day in turn.
// DOORSTEP_SPACE_FAULTS=2000 for the night.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "sync/store/ballast.h"
#include "tests/faults/nightly.h"
#include "tests/faults/small_day.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::faults;

namespace fs = std::filesystem;

namespace {

struct Kind {
    const char* name;
    DiskAct act;
    int code;
    std::uint64_t times;
    bool forgets;
    std::vector<Fault> may_be_said;
};

constexpr std::uint64_t until_it_is_mended = ~std::uint64_t{0} / 2;

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> table{
        {"no space", DiskAct::write, SQLITE_FULL, until_it_is_mended, false, {Fault::disk_full}},
        {"a write that fails", DiskAct::write, SQLITE_IOERR_WRITE, 1, false, {Fault::broken}},
        {"a sync that fails", DiskAct::sync, SQLITE_IOERR_FSYNC, 1, false, {Fault::broken}},
        {"a sync that fails and forgets", DiskAct::sync, SQLITE_IOERR_FSYNC, 1, true, {Fault::broken}},
        {"a read that fails", DiskAct::read, SQLITE_IOERR_READ, 1, false, {Fault::broken, Fault::damaged}},
        {"a short read",
         DiskAct::read,
         SQLITE_IOERR_SHORT_READ,
         1,
         false,
         {Fault::broken, Fault::damaged, Fault::not_writable}}};
    return table;
}

// The disk before each step of a day without faults, and what the step leaves.
struct Moment {
    Step step;
    Files before;
    std::string left;
};

std::vector<Moment> moments(std::uint64_t seed, std::size_t steps, Sealing sealing) {
    std::vector<Moment> found;
    FaultyDisk disk("reference");
    Tablet tablet(seed, sealing);
    REQUIRE(tablet.open({disk.name()}).ok());
    for (auto& step : small_day(seed, steps)) {
        auto before = disk.now();
        tablet.clock.advance_ms(60'000);
        REQUIRE(step.work(tablet).ok());
        found.push_back({std::move(step), std::move(before), outcome(tablet)});
    }
    return found;
}

void check_said(const Error& error, const Kind& kind) {
    INFO(error.text());
    CHECK(std::count(kind.may_be_said.begin(), kind.may_be_said.end(), error.fault) == 1);
    CHECK(error.what.size() > 20);
    CHECK_FALSE(error.mend.empty());
}

// "Failed" means "unknown": open, look, and do again what is not there.
void try_again(const Moment& moment, const Kind& kind, FaultyDisk& disk, Tablet& tablet) {
    const bool still_open = kind.code == SQLITE_FULL && tablet.store;
    if (still_open)
        CHECK(outcome(tablet).find("error") == std::string::npos);  // it can be read meanwhile
    disk.heal();
    if (!still_open) {
        const auto opened = tablet.open({disk.name()});
        INFO((opened.ok() ? "" : opened.error().text()));
        REQUIRE(opened.ok());
    }
    if (moment.step.done(tablet))
        return;
    const auto worked = moment.step.work(tablet);
    INFO((worked.ok() ? "" : worked.error().text()));
    REQUIRE(worked.ok());
}

// The longest step takes, with its opening, not quite 400.
constexpr std::uint64_t acts_max = 1'500;

std::uint64_t acts_of(const FaultyDisk& disk) {
    return disk.count(DiskAct::read) + disk.count(DiskAct::write) + disk.count(DiskAct::sync);
}

// Whether the fault was met at all.
bool meets(const Moment& moment, const Kind& kind, std::uint64_t at, Sealing sealing) {
    INFO(fmt::format("{} no. {} at {}", kind.name, at, moment.step.name));
    FaultyDisk disk("faulty", moment.before);
    disk.failed_sync_forgets = kind.forgets;
    Tablet tablet(99, sealing);
    disk.fail({kind.act, kind.code, at, kind.times});
    auto worked = tablet.open({disk.name()});
    if (worked.ok())
        worked = moment.step.work(tablet);
    // The officer is told at once: nothing is tried again and again before.
    CHECK(acts_of(disk) < acts_max);
    if (!disk.has_failed())
        return false;
    if (!worked.ok()) {
        check_said(worked.error(), kind);
        try_again(moment, kind, disk, tablet);
    }
    disk.heal();
    REQUIRE(tablet.open({disk.name()}).ok());
    CHECK(outcome(tablet) == moment.left);
    if (at % 8 == 0) {
        const auto state = tablet.state();
        REQUIRE(tablet.store->rebuild().ok());
        CHECK(tablet.state() == state);
    }
    return true;
}

}  // namespace

TEST_CASE("each write, sync and read of a day may fail: it is said at once, nothing is lost, and the same "
          "answer can be saved again",
          "[faults][space]") {
    const auto wanted = how_many("DOORSTEP_SPACE_FAULTS", 500);
    std::map<std::uint64_t, std::vector<Moment>> days;
    const auto place = [&](Sealing sealing, std::uint64_t day) -> const std::vector<Moment>& {
        const auto key = 2 * day + (sealing == Sealing::rows ? 1 : 0);
        if (!days.contains(key))
            days.emplace(key, moments(7 + day, 20, sealing));
        return days.at(key);
    };
    for (const auto sealing : {Sealing::rows, Sealing::none})
        for (const Kind& kind : kinds()) {
            // The endpoint's way takes the same path to the disk: a part of them will do.
            const auto share = sealing == Sealing::rows ? wanted : wanted / 5;
            std::uint64_t done = 0;
            for (std::uint64_t day = 0; done < share; ++day)
                for (const Moment& moment : place(sealing, day))
                    for (std::uint64_t at = 1; done < share && meets(moment, kind, at, sealing); ++at)
                        ++done;
            fmt::print("{} ({}): {} places\n", kind.name, sealing == Sealing::rows ? "sealed" : "plain",
                       done);
        }
}

TEST_CASE("a card that is pulled out is said, and back in it holds what was acknowledged",
          "[faults][space]") {
    for (std::size_t pulled_at = 0; pulled_at < 30; ++pulled_at) {
        FaultyDisk disk("card");
        Tablet tablet(3);
        REQUIRE(tablet.open({disk.name()}).ok());
        const auto day = small_day(11, 30);
        for (std::size_t i = 0; i < pulled_at; ++i)
            REQUIRE(day[i].work(tablet).ok());
        disk.pulled_out = true;
        const auto failed = day[pulled_at].work(tablet);
        const auto second = tablet.store->rebuild();
        CHECK_FALSE(second.ok());
        if (!failed.ok())
            CHECK_FALSE(failed.error().text().empty());
        CHECK_FALSE(Tablet(4).open({disk.name()}).ok());
        disk.heal();
        tablet.close();
        REQUIRE(tablet.open({disk.name()}).ok());
        if (!failed.ok() && !day[pulled_at].done(tablet))
            REQUIRE(day[pulled_at].work(tablet).ok());
        for (std::size_t i = pulled_at + 1; i < day.size(); ++i)
            REQUIRE(day[i].work(tablet).ok());
        CHECK(outcome(tablet).find("error") == std::string::npos);
    }
}

TEST_CASE("the ballast is made whole, given up once, and made again when there is room",
          "[faults][ballast]") {
    testing::TemporaryFolder folder;
    const auto file = folder / "doorstep.sqlite";
    Ballast ballast(file, 1 << 20);
    CHECK(ballast.given_up());
    REQUIRE(ballast.stand_by().ok());
    CHECK_FALSE(ballast.given_up());
    CHECK(ballast.room().text().empty());
    CHECK(fs::file_size(ballast.path()) == 1 << 20);
    ballast.look();  // there is room: it stays
    CHECK(fs::exists(ballast.path()));
    ballast.give_up();
    ballast.give_up();
    CHECK_FALSE(fs::exists(ballast.path()));
    // Killed while it was made: short, or long with nothing behind it.
    for (const bool sparse : {false, true}) {
        std::ofstream(ballast.path()) << "short";
        if (sparse)
            fs::resize_file(ballast.path(), 1 << 20);
        Ballast next(file, 1 << 20);
        REQUIRE(next.stand_by().ok());
        CHECK_FALSE(next.given_up());
        CHECK(fs::file_size(next.path()) == 1 << 20);
    }
    Ballast same(file, 1 << 20);
    REQUIRE(same.stand_by().ok());
    CHECK_FALSE(same.given_up());
}
