// What was deleted is in no byte of the file, wherever SQLite moved it before.
#include "sync/store/unused_bytes.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "forms/base/random.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
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
