// The second copy of what was not sent, by itself; and what it costs, asked for with
// "[cost]" on a disk that is real.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <vector>

#include "tests/faults/small_day.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::faults;

namespace {

void finish(Tablet& tablet, doorstep::testing::RandomOperations& operations) {
    auto facts = operations.several(3);
    for (auto& one : facts)
        one.sequence = one.hybrid_clock = 0;
    auto transaction = tablet.store->begin();
    REQUIRE((transaction.ok() && transaction->append(facts).ok() && transaction->commit().ok()));
}

// The bytes of a copy after so many finishes.
std::string copy_of(int finishes) {
    FaultyDisk disk("whole");
    Tablet tablet(1);
    REQUIRE(tablet.open({disk.name()}).ok());
    doorstep::testing::RandomOperations operations(5);
    for (int i = 0; i < finishes; ++i)
        finish(tablet, operations);
    return disk.now().at(std::string(day_file) + "-unsent");
}

}  // namespace

TEST_CASE("a second copy cut anywhere keeps what came before, and one broken amid keeps the rest",
          "[faults][corruption]") {
    const auto name = std::string(day_file) + "-unsent";
    const auto good = copy_of(24);
    std::size_t most = 0;
    for (std::size_t size = 0; size <= good.size(); size += 97) {
        FaultyDisk disk("cut", {{name, good.substr(0, size)}});
        const auto copy = SecondCopy::open(day_file, {disk.name()});
        REQUIRE(copy.ok());
        CHECK(copy->envelopes().size() >= most);
        most = copy->envelopes().size();
    }
    CHECK(most >= 23);
    auto broken = good;
    broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 1);
    FaultyDisk disk("broken", {{name, broken}});
    CHECK(SecondCopy::open(day_file, {disk.name()})->envelopes().size() == 23);
}

TEST_CASE("a copy that could not be written is caught up with by the next finish", "[faults][copy]") {
    FaultyDisk disk("failing");
    Tablet tablet(1);
    REQUIRE(tablet.open({disk.name()}).ok());
    doorstep::testing::RandomOperations operations(5);
    finish(tablet, operations);
    // The commit of a finish syncs once; the copy's sync is the second.
    disk.fail({DiskAct::sync, SQLITE_IOERR_FSYNC, 2, 1});
    finish(tablet, operations);
    CHECK(disk.has_failed());
    CHECK(tablet.copy->envelopes().size() == 1);
    finish(tablet, operations);
    CHECK(tablet.copy->envelopes().size() == 3);
    tablet.close();
    REQUIRE(tablet.open({disk.name()}).ok());
    CHECK(tablet.copy->envelopes().size() == 3);
}

TEST_CASE("what could not be written to a copy is gone from it once it is acknowledged", "[faults][copy]") {
    FaultyDisk disk("failing");
    Tablet tablet(1);
    REQUIRE(tablet.open({disk.name()}).ok());
    doorstep::testing::RandomOperations operations(5);
    disk.fail({DiskAct::sync, SQLITE_IOERR_FSYNC, 2, 1});
    finish(tablet, operations);
    disk.heal();
    REQUIRE(tablet.copy->envelopes().empty());
    const auto stands = tablet.store->position();
    wire::PushReply reply;
    reply.epoch = Uuid::random(tablet.random);
    reply.acked_through = stands->last_sequence;
    reply.chain = *tablet.store->chain_at(stands->last_sequence);
    REQUIRE(tablet.store->acknowledge(reply).ok());
    const auto left = SecondCopy::open(day_file, {disk.name()});
    REQUIRE(left.ok());
    CHECK(left->envelopes().empty());
}

TEST_CASE("a copy that could not be emptied when all was acknowledged is emptied with the next page",
          "[faults][copy]") {
    int refused = 0;
    for (std::uint64_t at = 1; at <= 400; ++at) {
        INFO("write " << at);
        FaultyDisk disk("failing");
        Tablet tablet(1);
        REQUIRE(tablet.open({disk.name()}).ok());
        // An emptied copy of an enrolment says how far it goes, which is a write that can fail.
        REQUIRE(tablet.store->enrol({Uuid::random(tablet.random), "tab-01", "http://x", "t", ""}).ok());
        doorstep::testing::RandomOperations operations(5);
        finish(tablet, operations);
        REQUIRE(tablet.copy->envelopes().size() == 1);
        const auto stands = tablet.store->position();
        wire::PushReply reply;
        reply.epoch = Uuid::random(tablet.random);
        reply.acked_through = stands->last_sequence;
        reply.chain = *tablet.store->chain_at(stands->last_sequence);
        disk.fail({DiskAct::write, SQLITE_IOERR_WRITE, at, 1});
        const bool kept = tablet.store->acknowledge(reply).ok();
        disk.heal();
        if (!disk.has_failed())
            break;
        if (!kept)
            continue;
        ++refused;
        CHECK(tablet.copy->envelopes().size() == 1);
        wire::PullReply page;
        page.epoch = reply.epoch;
        REQUIRE(tablet.store->keep_page(page).ok());
        CHECK(tablet.copy->envelopes().empty());
        CHECK(SecondCopy::open(day_file, {disk.name()})->envelopes().empty());
    }
    CHECK(refused > 0);
}

TEST_CASE("what a finish costs with its second copy and without", "[.cost]") {
    for (const bool with_copy : {false, true}) {
        testing::TemporaryFolder folder;
        Tablet tablet(1);
        REQUIRE(tablet.open({}, folder / "doorstep.sqlite").ok());
        if (!with_copy) {
            auto reopened = Store::open(*tablet.sql, StoreRole::tablet, tablet.clock, tablet.random);
            REQUIRE(reopened.ok());
            tablet.store.emplace(std::move(reopened).value());
        }
        doorstep::testing::RandomOperations operations(5);
        std::vector<double> times;
        for (int i = 0; i < 300; ++i) {
            const auto started = std::chrono::steady_clock::now();
            finish(tablet, operations);
            times.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started)
                    .count());
        }
        std::sort(times.begin(), times.end());
        fmt::print("a finish {} the second copy: median {:.2f} ms, 99 % within {:.2f} ms\n",
                   with_copy ? "with" : "without", times[150], times[297]);
    }
}
