// Real file systems that fill up and go away.  Needs root; says SKIPPED without.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "sync/store/ballast.h"
#include "tests/faults/nightly.h"
#include "tests/faults/small_day.h"
#include "tests/faults/small_disk.h"

using namespace doorstep;
using namespace doorstep::faults;

namespace fs = std::filesystem;

namespace {

std::uint64_t answers_until_full(Tablet& tablet, const Uuid& draft, std::uint64_t most) {
    Drafts drafts(*tablet.store);
    for (std::uint64_t saved = 0; saved < most; ++saved)
        if (const auto kept = drafts.keep(draft, {fmt::format("answer {}: a line as long as usual", saved)});
            !kept.ok()) {
            INFO(kept.error().text());
            CHECK(kept.error().fault == Fault::disk_full);
            return saved;
        }
    return most;
}

void fills_up(SmallDisk::Kind kind, Sealing sealing) {
    const SmallDisk disk(kind);
    if (!disk.mounted()) {
        WARN("SKIPPED: a small file system needs the right to mount one (root, a loop device, mkfs.ext4)");
        return;
    }
    Ballast ballast(disk.file(day_file), 1 << 20);
    REQUIRE(ballast.stand_by().ok());
    if (ballast.given_up())
        FAIL("no ballast on an empty disk");
    Tablet tablet(1, sealing);
    REQUIRE(tablet.open({.ballast = &ballast}, disk.file(day_file)).ok());
    SeededRandom random(3);
    const auto draft = Uuid::random(random);
    REQUIRE(Drafts(*tablet.store).begin({draft, {}, {}, "", 0, 0}, "<form/>").ok());
    disk.fill_up();
    // It is seen before an answer is refused.
    CHECK(answers_until_full(tablet, draft, 1) == 1);
    CHECK(ballast.given_up());
    const auto room = ballast.room();
    CHECK(room.full);
    INFO(room.text());
    CHECK(room.text().find("about") != std::string::npos);
    const auto more = answers_until_full(tablet, draft, 100'000);
    fmt::print("{} on {}: said about {}, saved {} more\n", sealing == Sealing::rows ? "sealed" : "plain",
               kind == SmallDisk::Kind::loop ? "ext4" : "tmpfs", room.answers, more);
    CHECK(more >= 200);
    CHECK(more >= room.answers);
    CHECK(ballast.room().answers < 100);
    REQUIRE(tablet.open({.ballast = &ballast}, disk.file(day_file)).ok());
    CHECK(Drafts(*tablet.store).lines(draft)->size() == more + 1);
    fs::remove(disk.file("pictures"));
    CHECK(answers_until_full(tablet, draft, 10) == 10);
    REQUIRE(checkpoint(*tablet.sql).ok());
}

}  // namespace

TEST_CASE("on a file system that is really full 200 more answers are saved from the ballast",
          "[faults][ballast]") {
    fills_up(SmallDisk::Kind::memory, Sealing::none);
    fills_up(SmallDisk::Kind::memory, Sealing::rows);
    fills_up(SmallDisk::Kind::loop, Sealing::rows);
}

TEST_CASE("a real card that is pulled out: what is in memory is still told, what fails is said, and nothing "
          "that was acknowledged is lost",
          "[faults][card]") {
    const auto wanted = how_many("DOORSTEP_CARD_PULLS", 6);
    std::uint64_t from_memory = 0;
    for (std::uint64_t round = 0; round < wanted; ++round) {
        INFO("round " << round);
        SmallDisk disk(SmallDisk::Kind::loop);
        if (!disk.mounted()) {
            WARN("SKIPPED: a card needs the right to mount one (root, a loop device, mkfs.ext4)");
            return;
        }
        const auto file = disk.file(day_file);
        const auto day = small_day(11 + round, 30);
        const auto pulled_at = (5 + round * 7) % day.size();
        Tablet tablet(3);
        REQUIRE(tablet.open({}, file).ok());
        for (std::size_t i = 0; i < pulled_at; ++i)
            REQUIRE(day[i].work(tablet).ok());
        const auto counts = *tablet.store->dump_read_model(true);
        const auto state = tablet.state();
        if (!disk.pull_out()) {
            WARN("SKIPPED: this kernel cannot pull a file system from under its files");
            return;
        }
        const auto begun =
            Drafts(*tablet.store).begin({Uuid::random(tablet.random), {}, {}, "", 0, 0}, "<x/>");
        REQUIRE_FALSE(begun.ok());
        CHECK(begun.error().fault == Fault::broken);
        CHECK(begun.error().text().size() > 20);
        // Counts and people are in memory.  Where the log was just copied, SQLite asks for the
        // file even so, and that is said as what it is.
        const auto told = tablet.store->dump_read_model(true);
        if (told.ok())
            CHECK(*told == counts);
        else
            CHECK(told.error().text().find("cannot be read any more") != std::string::npos);
        from_memory += told.ok() ? 1u : 0u;
        tablet.close();
        REQUIRE(disk.put_back_in());
        REQUIRE(tablet.open({}, file).ok());
        CHECK(tablet.state() == state);
        for (std::size_t i = pulled_at; i < day.size(); ++i)
            REQUIRE(day[i].work(tablet).ok());
    }
    fmt::print("cards pulled out: {}, worked on from memory: {}\n", wanted, from_memory);
    CHECK(from_memory * 2 > wanted);
}

TEST_CASE("a card that is unmounted while the store is open loses nothing that was acknowledged",
          "[faults][card]") {
    SmallDisk disk(SmallDisk::Kind::loop);
    if (!disk.mounted()) {
        WARN("SKIPPED: a card needs the right to mount one (root, a loop device, mkfs.ext4)");
        return;
    }
    const auto file = disk.file(day_file);
    const auto day = small_day(11, 30);
    Tablet tablet(3);
    REQUIRE(tablet.open({}, file).ok());
    for (std::size_t i = 0; i < 15; ++i)
        REQUIRE(day[i].work(tablet).ok());
    REQUIRE(disk.take_name_away());
    CHECK_FALSE(Tablet(4).open({.view_only = true}, file).ok());
    std::size_t worked = 15;
    while (worked < day.size() && day[worked].work(tablet).ok())
        ++worked;
    const auto state = tablet.state();
    tablet.close();
    REQUIRE(disk.put_back_in());
    REQUIRE(tablet.open({}, file).ok());
    CHECK(tablet.state() == state);
}
