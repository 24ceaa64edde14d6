// A store from before records were sealed, and what the sealing leaves beside it.
#include "sync/store/seal_plain.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include "forms/base/clock.h"
#include "sync/store/schema.h"
#include "sync/store/unlock.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

namespace fs = std::filesystem;

constexpr const char* canary = "SS-2026-03-14-BE";

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::set<std::string> names_in(const TemporaryFolder& folder) {
    std::set<std::string> names;
    for (const auto& each : fs::directory_iterator(folder.path()))
        names.insert(each.path().filename().string());
    return names;
}

bool readable_in(const TemporaryFolder& folder) {
    for (const auto& each : fs::directory_iterator(folder.path()))
        if (bytes_of(each.path().string()).find(canary) != std::string::npos)
            return true;
    return false;
}

// As version 1 left it: its tables, its log, and a read model that its fold wrote.
void make_plain_store(const std::string& file) {
    SeededRandom random(1);
    const auto door = Uuid::random(random);
    auto sql = open_sqlite(file);
    REQUIRE(sql.ok());
    REQUIRE(bring_up_to_date(**sql, schema_history().first(1)).ok());
    REQUIRE((*sql)
                ->script("insert into store_state values(1, 'tablet', 1, 7); "
                         "insert into sync_state values(1, zeroblob(16), null, 0, zeroblob(32), 0, 0, "
                         "zeroblob(32), 0, 0)")
                .ok());
    for (const auto& one : arrived({a_visit(random), a_contact(door, ContactOutcome::no_answer)}, random)) {
        REQUIRE((*sql)
                    ->run("insert into operation(partnership, operation_id, type, type_version, subject, "
                          "at_ms, utc_offset_minutes, hybrid_clock, received_ms, status, reason) "
                          "values(1, :id, :type, 1, zeroblob(16), 0, 0, :clock, 0, 0, '')",
                          {{"id", Blob{std::string(one.operation->id.raw())}},
                           {"type", std::string(type_name(*one.operation))},
                           {"clock", static_cast<std::int64_t>(one.operation->hybrid_clock)}})
                    .ok());
        REQUIRE((*sql)
                    ->run("insert into operation_body values(1, :id, :body)",
                          {{"id", Blob{std::string(one.operation->id.raw())}}, {"body", Blob{one.json}}})
                    .ok());
    }
}

}  // namespace

TEST_CASE("a plain store of version 1 is sealed, with what it held, and no plain copy is left",
          "[store][sealing]") {
    TemporaryFolder folder;
    const auto file = folder / "doorstep.sqlite";
    make_plain_store(file);
    REQUIRE(readable_in(folder));
    Rig rig(file);
    CHECK(rig.rows("pragma user_version") ==
          std::vector<std::string>{std::to_string(schema_history().back().version)});
    CHECK(rig.store->log()->size() == 2);
    CHECK(rig.rows("select outcome, attempts from contact") == std::vector<std::string>{"no_answer|1"});
    CHECK(rig.rows("select count(*) from walk_door") == std::vector<std::string>{"0"});
    rig.close();
    CHECK(names_in(folder) == std::set<std::string>{"doorstep.sqlite"});
    CHECK_FALSE(readable_in(folder));
    rig.open();
    CHECK(rig.store->log()->size() == 2);
}

TEST_CASE("a readable copy that a cut left beside a sealed store goes when it is next opened",
          "[store][sealing]") {
    TemporaryFolder folder;
    const auto file = folder / "doorstep.sqlite";
    make_plain_store(file);
    const auto plain = bytes_of(file);
    Rig(file).close();
    for (const char* copy : {".before-version-2", ".before-version-4", ".before-version-4-journal"})
        write(file + copy, plain);
    write(file + ".before-version-3", "half of one, SS-2026-03-14-BE");
    const std::string linked = folder / "linked";
    fs::create_hard_link(file + ".before-version-2", linked);

    SECTION("by a command") {
        Rig(file).close();
    }
    SECTION("by the app") {
        RowKeys keys = test_keys();
        Unlock unlock(file, keys);
        REQUIRE(unlock.whole().ok());
    }
    CHECK(names_in(folder) == std::set<std::string>{"doorstep.sqlite", "linked"});
    // Overwritten, not only without a name.
    CHECK_FALSE(readable_in(folder));
    CHECK(bytes_of(linked) == std::string(plain.size(), '\0'));
}

TEST_CASE("a copy stays that is sealed, or that a store which does not open may need", "[store][sealing]") {
    TemporaryFolder folder;
    const auto file = folder / "doorstep.sqlite";
    make_plain_store(file);
    const auto plain = bytes_of(file);
    Rig(file).close();
    const auto sealed = bytes_of(file);

    write(file + ".before-version-1002", sealed);
    Rig(file).close();
    CHECK(bytes_of(file + ".before-version-1002") == sealed);

    write(file + ".before-version-4", plain);
    auto damaged = sealed;
    for (std::size_t at = 4096; at < damaged.size(); ++at)
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    write(file, damaged);
    RowKeys keys = test_keys();
    CHECK_FALSE(open_sealed(file, keys).ok());
    CHECK(bytes_of(file + ".before-version-4") == plain);

    write(file, sealed);
    SqliteOptions view;
    view.view_only = true;
    CHECK(open_sealed(file, keys, view).ok());
    CHECK(bytes_of(file + ".before-version-4") == plain);
}

TEST_CASE("killed at any moment of the sealing, the next opening has everything and leaves nothing readable",
          "[store][sealing]") {
    TemporaryFolder original;
    make_plain_store(original / "doorstep.sqlite");
    int killed = 0;
    for (int round = 0; round < 40; ++round) {
        TemporaryFolder folder;
        const auto file = folder / "doorstep.sqlite";
        fs::copy_file(original / "doorstep.sqlite", file);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            RowKeys keys = test_keys();
            static_cast<void>(open_sealed(file, keys));
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(500 * round));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        killed += WIFSIGNALED(status) ? 1 : 0;
        Rig rig(file);
        CHECK(rig.store->log()->size() == 2);
        rig.close();
        CHECK(names_in(folder) == std::set<std::string>{"doorstep.sqlite"});
        CHECK_FALSE(readable_in(folder));
    }
    CHECK(killed > 0);
}

TEST_CASE("copies of before an upgrade go when something is forgotten, and when they are old",
          "[store][sealing]") {
    TemporaryFolder folder;
    const auto file = folder / "doorstep.sqlite";
    make_plain_store(file);
    const auto plain = bytes_of(file);
    write(file + ".before-version-3", plain);
    write(file + ".before-version-1002", plain);
    fs::last_write_time(file + ".before-version-3",
                        fs::file_time_type::clock::now() - std::chrono::hours(24 * 30));
    const std::string linked = folder / "linked";
    fs::create_hard_link(file + ".before-version-1002", linked);
    const auto week_ago = SystemClock().now_ms() - std::int64_t{7} * 24 * 3'600'000;
    REQUIRE(remove_copies_made_before(file, week_ago).ok());
    CHECK(names_in(folder) ==
          std::set<std::string>{"doorstep.sqlite", "doorstep.sqlite.before-version-1002", "linked"});
    REQUIRE(remove_copies_made_before(file, std::numeric_limits<std::int64_t>::max()).ok());
    CHECK(names_in(folder) == std::set<std::string>{"doorstep.sqlite", "linked"});
    CHECK(bytes_of(linked) == std::string(plain.size(), '\0'));
    CHECK(bytes_of(file) == plain);
}
