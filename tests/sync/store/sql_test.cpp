#include <catch2/catch.hpp>

#include "sync/store/sqlite_connection.h"

using namespace doorstep;

namespace {

std::unique_ptr<SqlConnection> memory() {
    auto sql = open_sqlite(":memory:");
    REQUIRE(sql.ok());
    REQUIRE((*sql)->script("create table t(a integer primary key, b)").ok());
    return std::move(sql).value();
}

std::int64_t rows(SqlConnection& sql) {
    std::int64_t number = -1;
    REQUIRE(sql.query("select count(*) from t", {},
                      [&](const SqlRow& row) {
                          number = row.integer(0);
                          return false;
                      })
                .ok());
    return number;
}

const char* const insert = "insert into t(a, b) values(:a, :b)";

}  // namespace

TEST_CASE("every kind of value comes back as it went", "[store][sql]") {
    const auto sql = memory();
    REQUIRE(sql->run(insert, {{"a", std::int64_t{1}}, {"b", Null{}}}).value() == 1);
    REQUIRE(sql->run(insert, {{"b", std::string("t\0x", 3)}, {"a", std::int64_t{2}}}).ok());
    REQUIRE(sql->run(insert, {{"a", std::int64_t{3}}, {"b", Blob{}}}).ok());
    REQUIRE(sql->run(insert, {{"a", std::int64_t{4}}, {"b", std::int64_t{-9'000'000'000'000'000'000}}}).ok());
    int row_number = 0;
    REQUIRE(sql->query("select b from t order by a", {},
                       [&](const SqlRow& row) {
                           ++row_number;
                           if (row_number == 1)
                               CHECK(row.is_null(0));
                           if (row_number == 2)
                               CHECK(row.text(0) == std::string("t\0x", 3));
                           if (row_number == 3)
                               CHECK((!row.is_null(0) && row.blob(0).empty()));
                           if (row_number == 4)
                               CHECK(row.integer(0) == -9'000'000'000'000'000'000);
                           return true;
                       })
                .ok());
    CHECK(row_number == 4);
    CHECK(sql->run("update t set b = null where a > :a", {{"a", std::int64_t{1}}}).value() == 3);
}

TEST_CASE("a query may run inside the rows of the same query", "[store][sql]") {
    const auto sql = memory();
    for (std::int64_t i = 0; i < 3; ++i)
        REQUIRE(sql->run(insert, {{"a", i}, {"b", i}}).ok());
    int seen = 0;
    const auto each = [&](const auto& self, int depth) -> void {
        REQUIRE(sql->query("select a from t", {},
                           [&](const SqlRow&) {
                               ++seen;
                               if (depth > 0)
                                   self(self, depth - 1);
                               return true;
                           })
                    .ok());
    };
    each(each, 1);
    CHECK(seen == 3 + 9);
}

TEST_CASE("a query stops when its reader has enough, and can run again", "[store][sql]") {
    const auto sql = memory();
    for (std::int64_t i = 0; i < 3; ++i)
        REQUIRE(sql->run(insert, {{"a", i}, {"b", i}}).ok());
    for (int i = 0; i < 2; ++i) {
        int seen = 0;
        REQUIRE(sql->query("select a from t", {}, [&](const SqlRow&) { return ++seen < 2; }).ok());
        CHECK(seen == 2);
    }
    REQUIRE(sql->begin().ok());
    REQUIRE(sql->commit().ok());
}

TEST_CASE("savepoints nest, and undo only what is theirs", "[store][sql]") {
    const auto sql = memory();
    REQUIRE(sql->begin().ok());
    REQUIRE(sql->run(insert, {{"a", std::int64_t{1}}, {"b", Null{}}}).ok());
    REQUIRE(sql->savepoint().ok());
    REQUIRE(sql->run(insert, {{"a", std::int64_t{2}}, {"b", Null{}}}).ok());
    REQUIRE(sql->savepoint().ok());
    REQUIRE(sql->run(insert, {{"a", std::int64_t{3}}, {"b", Null{}}}).ok());
    sql->rollback_to_savepoint();
    CHECK(rows(*sql) == 2);
    REQUIRE(sql->release_savepoint().ok());
    REQUIRE(sql->savepoint().ok());
    sql->rollback_to_savepoint();
    REQUIRE(sql->commit().ok());
    CHECK(rows(*sql) == 2);
}

TEST_CASE("outside a transaction there are no savepoints, commits or second begins", "[store][sql]") {
    const auto sql = memory();
    CHECK_FALSE(sql->savepoint().ok());
    CHECK_FALSE(sql->release_savepoint().ok());
    CHECK_FALSE(sql->commit().ok());
    sql->rollback();
    sql->rollback_to_savepoint();
    REQUIRE(sql->begin().ok());
    CHECK(sql->begin().error().fault == Fault::conflict);
    sql->rollback();
    CHECK(rows(*sql) == 0);
}

TEST_CASE("a faulty statement and a clash are errors without content", "[store][sql]") {
    const auto sql = memory();
    CHECK(sql->run("insert into nowhere values(1)").error().fault == Fault::broken);
    CHECK_FALSE(sql->script("create tabel x(a)").ok());
    REQUIRE(sql->run(insert, {{"a", std::int64_t{1}}, {"b", std::string("Jones")}}).ok());
    const auto clash = sql->run(insert, {{"a", std::int64_t{1}}, {"b", std::string("Jones")}});
    CHECK(clash.error().fault == Fault::conflict);
    CHECK(clash.error().text().find("Jones") == std::string::npos);
}
