// What was deleted is in no byte of the file, wherever SQLite moved it before.
#include "sync/store/unused_bytes.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "forms/base/random.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

std::string file_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// "secret-17", and as much noise as some row of a store has.
std::string marked(int number, Random& random) {
    std::string text = "secret-" + std::to_string(number) + "-";
    for (auto n = 40 + random.below(600); n > 0; --n)
        text.push_back(static_cast<char>('A' + random.below(26)));
    return text;
}

// Rows come under random ids, are replaced by others of another size, and some go.
void work(SqlConnection& sql, Random& random) {
    REQUIRE(sql.script("pragma application_id = " + std::to_string(sqlite_application_id)).ok());
    REQUIRE(sql.script("create table row(id blob not null primary key, sealed blob not null)").ok());
    std::vector<std::string> ids;
    for (int number = 0; number < 300; ++number) {
        ids.push_back(std::string(Uuid::random(random).raw()));
        REQUIRE(sql.run("insert into row(id, sealed) values(:id, :sealed)",
                        {{"id", Blob{ids.back()}}, {"sealed", Blob{marked(number, random)}}})
                    .ok());
        if (random.chance(0.3))
            REQUIRE(sql.run("update row set sealed = :sealed where id = :id",
                            {{"sealed", Blob{marked(number, random)}},
                             {"id", Blob{ids[static_cast<std::size_t>(random.below(ids.size()))]}}})
                        .ok());
    }
    // Not all: whole pages would be free, and free pages are zeros.
    for (const auto& id : ids)
        REQUIRE(sql.run(random.chance(0.5) ? "delete from row where id = :id"
                                           : "update row set sealed = x'00' where id = :id",
                        {{"id", Blob{id}}})
                    .ok());
}

}  // namespace

TEST_CASE("after a checkpoint no byte of the file is of what was deleted", "[store][erase]") {
    int left_by_sqlite = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        TemporaryFolder folder;
        const auto path = folder.file("store.sqlite");
        SeededRandom random(seed);
        auto sql = open_sqlite(path);
        REQUIRE(sql.ok());
        work(**sql, random);
        REQUIRE(
            (*sql)->query("pragma wal_checkpoint(truncate)", {}, [](const SqlRow&) { return false; }).ok());
        left_by_sqlite += file_bytes(path).find("secret-") != std::string::npos ? 1 : 0;
        REQUIRE(checkpoint(**sql).ok());
        INFO("seed " << seed);
        CHECK(file_bytes(path).find("secret-") == std::string::npos);
        // The pages that SQLite holds in memory do not bring it back.
        REQUIRE((*sql)->run("update row set sealed = x'0101'", {}).ok());
        REQUIRE(checkpoint(**sql).ok());
        CHECK(file_bytes(path).find("secret-") == std::string::npos);
        std::string verdict;
        REQUIRE((*sql)
                    ->query("pragma integrity_check", {},
                            [&](const SqlRow& row) {
                                verdict = row.text(0);
                                return true;
                            })
                    .ok());
        CHECK(verdict == "ok");
    }
    // Otherwise nothing was shown.
    CHECK(left_by_sqlite > 0);
}

TEST_CASE("an endpoint's file is looked through when it was opened, and after something was forgotten",
          "[store][erase]") {
    TemporaryFolder folder;
    std::string path;
    std::unique_ptr<SqlConnection> sql;
    // Until SQLite leaves something behind.
    for (std::uint64_t seed = 1; path.empty() || file_bytes(path).find("secret-") == std::string::npos;
         ++seed) {
        REQUIRE(seed < 50);
        path = folder.file(std::to_string(seed));
        SeededRandom random(seed);
        auto fresh = open_sqlite(path);
        REQUIRE(fresh.ok());
        sql = std::move(fresh).value();
        REQUIRE(checkpoint(*sql).ok());  // what was there at the opening was looked at
        work(*sql, random);
        REQUIRE(checkpoint(*sql).ok());
    }
    SECTION("forgotten") {
        REQUIRE(wipe_when_idle(*sql).ok());
    }
    SECTION("opened again") {
        sql.reset();
        auto again = open_sqlite(path);
        REQUIRE(again.ok());
        sql = std::move(again).value();
    }
    REQUIRE(checkpoint(*sql).ok());
    CHECK(file_bytes(path).find("secret-") == std::string::npos);
}

namespace {

// Pages of trees, by their place, of a file of `page_size`.
std::vector<std::size_t> leaves(const std::string& bytes, std::size_t page_size) {
    std::vector<std::size_t> found;
    for (std::size_t at = page_size; at < bytes.size(); at += page_size)
        if (bytes[at] == '\x0d' && (bytes[at + 3] != 0 || bytes[at + 4] > 3))
            found.push_back(at);
    return found;
}

std::string rows_of(const std::string& path, int& count) {
    auto sql = open_sqlite(path);
    REQUIRE(sql.ok());
    std::string all;
    count = 0;
    static_cast<void>((*sql)->query("select id, sealed from row order by rowid", {}, [&](const SqlRow& row) {
        all += row.blob(0) + row.blob(1);
        ++count;
        return true;
    }));
    REQUIRE(checkpoint(**sql).ok());
    return all;
}

}  // namespace

TEST_CASE("a page whose head has a flipped bit keeps the rows that can still be read", "[store][erase]") {
    TemporaryFolder folder;
    const auto path = folder.file("store.sqlite");
    {
        SeededRandom random(3);
        auto sql = open_sqlite(path);
        REQUIRE(sql.ok());
        work(**sql, random);
        REQUIRE(checkpoint(**sql).ok());
    }
    const auto sound = file_bytes(path);
    const std::size_t page_size = 4096;
    int kept = 0;
    for (const auto page : leaves(sound, page_size))
        for (const unsigned bit : {0U, 3U, 6U, 9U, 11U}) {
            auto bytes = sound;
            const std::size_t at = page + 5 + (bit < 8 ? 1 : 0);
            bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << (bit % 8)));
            std::ofstream(path, std::ios::binary) << bytes;
            int before = 0;
            int after = 0;
            const auto read = rows_of(path, before);
            const auto again = rows_of(path, after);
            INFO("page " << page << " bit " << bit);
            CHECK(again == read);
            CHECK(after == before);
            kept += before > 0 ? 1 : 0;
        }
    CHECK(kept > 0);
}

TEST_CASE("a sector that cannot be read, and that nobody asks for, stops no checkpoint", "[store][erase]") {
    faults::FaultyDisk disk("unread-sector");
    auto sql = open_sqlite("store.sqlite", {.vfs = disk.name()});
    REQUIRE(sql.ok());
    SeededRandom random(4);
    work(**sql, random);
    REQUIRE((*sql)->query("pragma wal_checkpoint(truncate)", {}, [](const SqlRow&) { return false; }).ok());
    // The head of the file can be read.
    disk.fail({faults::DiskAct::read, SQLITE_IOERR_READ, 2, 1'000'000});
    const auto done = (*sql)->query("select wipe_unused_bytes()", {}, [](const SqlRow&) { return false; });
    CHECK(done.ok());
    disk.heal();
    int rows = 0;
    CHECK((*sql)
              ->query("select 1 from row", {},
                      [&](const SqlRow&) {
                          ++rows;
                          return true;
                      })
              .ok());
    CHECK(rows > 0);
}

TEST_CASE("after all of it was looked through nothing is left to wipe", "[store][erase]") {
    TemporaryFolder folder;
    auto sql = open_sqlite(folder.file("store.sqlite"));
    REQUIRE(sql.ok());
    SeededRandom random(5);
    work(**sql, random);
    REQUIRE(wipe_when_idle(**sql).ok());
    CHECK_FALSE(*is_wiped(**sql));
    REQUIRE(checkpoint_wholly(**sql).ok());
    CHECK(*is_wiped(**sql));
    auto nothing = open_sqlite(":memory:");
    REQUIRE(nothing.ok());
    REQUIRE(checkpoint_wholly(**nothing).ok());
}
