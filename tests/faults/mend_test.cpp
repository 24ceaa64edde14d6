// A damaged tablet, mended: with real files, and killed at every step.
#include "sync/store/mend_store.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sync/store/attachments.h"
#include "tests/faults/nightly.h"
#include "tests/faults/small_day.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::faults;

namespace fs = std::filesystem;

namespace {

constexpr std::size_t page_size = 4096;

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_to(const std::string& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

void finish(Tablet& tablet, doorstep::testing::RandomOperations& operations) {
    auto facts = operations.several(2);
    for (auto& one : facts)
        one.sequence = one.hybrid_clock = 0;
    auto transaction = tablet.store->begin();
    REQUIRE((transaction.ok() && transaction->append(facts).ok() && transaction->commit().ok()));
}

std::string draft_with_a_photo(Tablet& tablet) {
    const auto id = Uuid::random(tablet.random);
    REQUIRE(Drafts(*tablet.store).begin({id, {}, {}, "", 0, 0}, "<form/>").ok());
    REQUIRE(Attachments(*tablet.store)
                .add(Uuid::random(tablet.random), id, AttachmentKind::photo, std::string(100'000, 'p'))
                .ok());
    return id.text();
}

// A day of which nothing was sent, on a disk that lost every fourth page of it.
struct DamagedFolder {
    explicit DamagedFolder(const std::string& path) : file(path + "/doorstep.sqlite") {
        Tablet tablet(1);
        REQUIRE(tablet.open({}, file).ok());
        doorstep::testing::RandomOperations operations(5);
        draft_with_a_photo(tablet);
        for (int i = 0; i < 24; ++i)
            finish(tablet, operations);
        facts = ids_in(tablet);
        tablet.close();  // which copies the log into the file
        damage = bytes_of(file);
        for (std::size_t at = page_size; at + page_size <= damage.size(); at += 4 * page_size)
            damage.replace(at, page_size, page_size, '\xa5');
        write_to(file, damage);
    }
    static std::string ids_in(Tablet& tablet) {
        std::string ids;
        REQUIRE(tablet.sql
                    ->query("select operation_id from operation order by tablet_seq", {},
                            [&](const SqlRow& row) {
                                ids += row.uuid(0).text() + "\n";
                                return true;
                            })
                    .ok());
        return ids;
    }
    std::string file;
    std::string damage;
    std::string facts;  // ids, in the order of the tablet
};

Result<MendReport> mend(const std::string& file, const MendProgress& progress = {}) {
    Tablet keys(2);
    return mend_store(file, keys.keys, keys.clock, keys.random, {}, progress);
}

void check_mended(const DamagedFolder& folder) {
    CHECK(bytes_of(folder.file + ".damaged-1") == folder.damage);
    CHECK_FALSE(fs::exists(folder.file + ".damaged-2"));
    CHECK_FALSE(fs::exists(folder.file + ".mending"));
    CHECK_FALSE(fs::exists(folder.file + ".mended"));
    Tablet tablet(4);
    const auto opened = tablet.open({}, folder.file);
    INFO((opened.ok() ? "" : opened.error().text()));
    REQUIRE(opened.ok());
    CHECK(DamagedFolder::ids_in(tablet) == folder.facts);
    CHECK(tablet.store->unsent(0, 1u << 30, 1u << 30)->size() == 24);
    const auto state = tablet.state();
    REQUIRE(tablet.store->rebuild().ok());
    CHECK(tablet.state() == state);
    doorstep::testing::RandomOperations more(6);
    finish(tablet, more);
    CHECK(tablet.copy->envelopes().size() == 25);
}

// In a process of its own, which dies when that step is told.
bool dies_at(const std::string& file, int step) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int told = 0;
        const auto mended = mend(file, [&](MendStep) {
            if (told++ == step)
                ::kill(::getpid(), SIGKILL);
        });
        ::_exit(mended.ok() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
    return WIFSIGNALED(status);
}

}  // namespace

TEST_CASE(
    "a damaged store is mended: everything unsent is there, the damaged file is kept, the report counts",
    "[faults][mend]") {
    const TemporaryFolder folder;
    const DamagedFolder damaged(folder.path());
    {
        Tablet tablet(3);
        CHECK(tablet.open({}, damaged.file).error().fault == Fault::damaged);
    }
    write_to(damaged.file, damaged.damage);  // whatever that try did to it
    const auto report = mend(damaged.file);
    INFO((report.ok() ? report->text() : report.error().text()));
    REQUIRE(report.ok());
    CHECK(report->unsent_saved == 48);
    CHECK(report->unsent_lost == 0);
    CHECK(report->rows_saved > 20);
    CHECK(report->pages_lost > 5);
    CHECK(report->damaged_file == "doorstep.sqlite.damaged-1");
    CHECK(report->text().find("What was finished and not sent yet is complete: 48.") != std::string::npos);
    CHECK(last_mending(damaged.file)->text() == report->text());
    check_mended(damaged);
}

TEST_CASE("a mending that is killed at any step is gone on from, by opening or by mending again",
          "[faults][mend]") {
    const TemporaryFolder folder;
    const DamagedFolder damaged(folder.path());
    const auto copy = bytes_of(damaged.file + "-unsent");
    int step = 0;
    for (bool died = true; died; ++step) {
        INFO("step " << step);
        for (const auto& entry : fs::directory_iterator(folder.path()))
            fs::remove(entry.path());
        write_to(damaged.file, damaged.damage);
        write_to(damaged.file + "-unsent", copy);
        died = dies_at(damaged.file, step);
        const bool was_whole = step >= static_cast<int>(MendStep::whole);
        if (was_whole && step % 2 == 0) {
            Tablet tablet(4);
            REQUIRE(tablet.open({}, damaged.file).ok());
        } else if (!(was_whole && !fs::exists(damaged.file + ".mended"))) {
            const auto again = mend(damaged.file);
            INFO((again.ok() ? "" : again.error().text()));
            REQUIRE(again.ok());
            CHECK(again->unsent_saved == 48);
        }
        CHECK(last_mending(damaged.file)->unsent_saved == 48);
        check_mended(damaged);
    }
    // Each step once, and then a run without a kill.
    CHECK(step == static_cast<int>(MendStep::in_place) + 2);
}

TEST_CASE("a mending that is killed at any moment loses nothing", "[faults][mend]") {
    const TemporaryFolder folder;
    const DamagedFolder damaged(folder.path());
    const auto copy = bytes_of(damaged.file + "-unsent");
    SeededRandom random(9);
    const auto wanted = how_many("DOORSTEP_MEND_KILLS", 12);
    std::uint64_t killed = 0;
    for (std::uint64_t i = 0; i < wanted; ++i) {
        for (const auto& entry : fs::directory_iterator(folder.path()))
            fs::remove(entry.path());
        write_to(damaged.file, damaged.damage);
        write_to(damaged.file + "-unsent", copy);
        for (int tries = 0; tries < 3; ++tries) {
            const pid_t child = ::fork();
            REQUIRE(child >= 0);
            if (child == 0)
                ::_exit(mend(damaged.file).ok() ? 0 : 1);
            ::usleep(static_cast<useconds_t>(random.below(120'000)));
            ::kill(child, SIGKILL);
            int status = 0;
            REQUIRE(::waitpid(child, &status, 0) == child);
            killed += WIFSIGNALED(status) ? 1u : 0u;
            if (!WIFSIGNALED(status) || !fs::exists(damaged.file) || fs::exists(damaged.file + ".damaged-1"))
                break;
        }
        if (!fs::exists(damaged.file + ".damaged-1") || !fs::exists(damaged.file))
            REQUIRE(mend(damaged.file).ok());
        check_mended(damaged);
    }
    fmt::print("mendings killed: {}\n", killed);
    CHECK(killed > 0);
}

TEST_CASE("what cannot be mended is left as it is, and said", "[faults][mend]") {
    const TemporaryFolder folder;
    const DamagedFolder damaged(folder.path());
    Tablet keys(2);
    const auto refused = [&](const std::string& file, RowKeys& with) {
        return mend_store(file, with, keys.clock, keys.random).error();
    };
    CHECK(refused(folder / "nowhere.sqlite", keys.keys).fault == Fault::not_found);
    RowKeys others;
    others.add(1, SecretBytes(std::string(RowKeys::key_size, 'o')));
    const auto nothing = refused(damaged.file, others);
    CHECK(nothing.fault == Fault::damaged);
    CHECK(nothing.text().find("left as it is") != std::string::npos);
    CHECK(bytes_of(damaged.file) == damaged.damage);
    CHECK_FALSE(fs::exists(damaged.file + ".mending"));
    CHECK_FALSE(fs::exists(damaged.file + ".damaged-1"));
}

TEST_CASE("a store that another process has open is not mended", "[faults][mend]") {
    const TemporaryFolder folder;
    const auto file = folder / "doorstep.sqlite";
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        Tablet tablet(1);
        const char done = tablet.open({}, file).ok() ? 'y' : 'n';
        if (::write(ready[1], &done, 1) == 1)
            ::pause();
        ::_exit(0);
    }
    char opened = 'n';
    REQUIRE(::read(ready[0], &opened, 1) == 1);
    CHECK(opened == 'y');
    CHECK(mend(file).error().fault == Fault::conflict);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("a sound store that is mended is what it was, but pulls everything once more", "[faults][mend]") {
    const TemporaryFolder folder;
    const auto file = folder / "doorstep.sqlite";
    std::string before;
    Tablet tablet(1);
    REQUIRE(tablet.open({}, file).ok());
    for (const auto& step : small_day(6, 40))
        REQUIRE(step.work(tablet).ok());
    before = tablet.state();
    tablet.close();
    const auto report = mend(file);
    REQUIRE(report.ok());
    CHECK(report->rows_lost == 0);
    CHECK(report->attachments_lost == 0);
    REQUIRE(tablet.open({}, file).ok());
    const auto after = tablet.state();
    const auto without_cursor = [](const std::string& text) {
        const auto at = text.find("cursor ");
        return text.substr(0, at) + text.substr(text.find('\n', at));
    };
    CHECK(without_cursor(after) == without_cursor(before));
    CHECK(tablet.store->position()->cursor == 0);
}
