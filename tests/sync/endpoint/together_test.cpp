// Rows that go in together, and writes that nobody waits for: the same on every engine.
#include "sync/store/rows_at_once.h"
#include "sync/store/run_later.h"
#include "sync/store/sql_values.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct Table {
    std::unique_ptr<SqlConnection> sql = empty_database();
    SeededRandom random{5};

    Table() {
        REQUIRE(sql->script("create table thing(partnership integer not null, id blob not null, big bigint, "
                            "words text not null, bytes blob, primary key(partnership, id))")
                    .ok());
    }
    static const RowShape& shape() {
        static const RowShape made("thing", {{"id", RowShape::blob},
                                             {"big", RowShape::number},
                                             {"words", RowShape::text},
                                             {"bytes", RowShape::blob}});
        return made;
    }
    std::int64_t rows() const {
        std::int64_t count = -1;
        REQUIRE(sql->query("select count(*) from thing where partnership = 1", {},
                           [&](const SqlRow& row) {
                               count = row.integer(0);
                               return false;
                           })
                    .ok());
        return count;
    }
    // Without words there is no row.
    Result<void> put_later(bool good) {
        return run_later(*sql, "insert into thing(partnership, id, words) values(1, :id, :words)",
                         {{"id", sql_value(Uuid::random(random))},
                          {"words", good ? SqlValue(std::string("w")) : SqlValue(Null{})}});
    }
};

}  // namespace

TEST_CASE("rows that go in together are those that would go in one by one", "[together]") {
    Table table;
    std::vector<Uuid> ids;
    RowsAtOnce rows(Table::shape());
    const std::string bytes("\0\xff,{\"\\", 6);
    for (std::int64_t i = 0; i < 300; ++i) {
        ids.push_back(Uuid::random(table.random));
        rows.add(ids.back(), i == 7 ? SqlValue(Null{}) : SqlValue(-i * 1'000'000'007),
                 i == 8 ? std::string() : "w\u00f6rd, \"{}\\ " + std::to_string(i),
                 i == 9 ? SqlValue(Null{}) : SqlValue(Blob{bytes}));
    }
    REQUIRE(table.sql->begin().ok());
    const auto added = rows.insert(*table.sql);
    REQUIRE(added.ok());
    CHECK(*added == 300);
    RowsAtOnce again(Table::shape());
    again.add(sql_value(ids[0]), std::int64_t{1}, std::string("other"), Blob{});
    again.add(std::optional(Uuid::random(table.random)), std::int64_t{1}, std::string("new"), Blob{});
    const auto second = again.insert(*table.sql);
    REQUIRE(second.ok());
    CHECK(*second == 1);
    REQUIRE(RowsAtOnce(Table::shape()).insert_later(*table.sql).ok());
    REQUIRE(table.sql->commit().ok());

    std::size_t found = 0;
    ids.push_back(Uuid::random(table.random));
    REQUIRE(query_about(
                *table.sql,
                "select id, big, words, bytes from thing where partnership = :partnership and id = :id", ids,
                [&](const SqlRow& row) {
                    const auto at = std::find(ids.begin(), ids.end(), row.uuid(0)) - ids.begin();
                    found += row.is_null(1) == (at == 7) && row.is_null(3) == (at == 9) &&
                             row.integer(1) == (at == 7 ? 0 : -at * 1'000'000'007) &&
                             row.text(2) == (at == 8 ? "" : "w\u00f6rd, \"{}\\ " + std::to_string(at)) &&
                             (at == 9 || row.blob(3) == bytes);
                })
                .ok());
    CHECK(found == 300);
}

TEST_CASE("a write that fails later is told before what holds it counts, and takes nothing else along",
          "[together]") {
    Table table;
    auto& sql = *table.sql;
    REQUIRE(sql.begin().ok());
    REQUIRE(sql.savepoint().ok());
    REQUIRE(table.put_later(true).ok());
    REQUIRE(sql.release_savepoint().ok());
    REQUIRE(sql.savepoint().ok());
    REQUIRE(table.put_later(true).ok());
    const auto bad = table.put_later(false);
    const auto told = bad.ok() ? sql.release_savepoint() : bad;
    CHECK_FALSE(told.ok());
    sql.rollback_to_savepoint();
    REQUIRE(table.put_later(true).ok());
    REQUIRE(sql.commit().ok());
    CHECK(table.rows() == 2);
}

TEST_CASE("behind a write that may have failed a savepoint is one of its own", "[together]") {
    Table table;
    auto& sql = *table.sql;
    REQUIRE(sql.begin().ok());
    REQUIRE(table.put_later(true).ok());
    REQUIRE(sql.savepoint().ok());
    REQUIRE(sql.savepoint().ok());
    REQUIRE(table.put_later(true).ok());
    REQUIRE(sql.release_savepoint().ok());
    REQUIRE(sql.savepoint().ok());
    const auto bad = table.put_later(false);
    CHECK_FALSE((bad.ok() ? sql.release_savepoint() : bad).ok());
    sql.rollback_to_savepoint();
    REQUIRE(sql.release_savepoint().ok());
    REQUIRE(sql.commit().ok());
    CHECK(table.rows() == 2);
}

TEST_CASE("a write that fails later ends at the commit, and the next transaction is a good one",
          "[together]") {
    Table table;
    auto& sql = *table.sql;
    REQUIRE(sql.begin().ok());
    REQUIRE(table.put_later(true).ok());
    const auto bad = table.put_later(false);
    CHECK_FALSE((bad.ok() ? sql.commit() : bad).ok());
    sql.rollback();
    CHECK(table.rows() == 0);
    REQUIRE(sql.begin().ok());
    REQUIRE(table.put_later(true).ok());
    CHECK(table.rows() == 1);
    REQUIRE(sql.commit().ok());
    CHECK(table.rows() == 1);
}
