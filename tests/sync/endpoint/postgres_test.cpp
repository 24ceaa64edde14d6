// What only PostgreSQL can do wrong; each of these runs in test-sync-endpoint-postgresql.
#include "sync/endpoint/postgres_connection.h"

#include <atomic>
#include <limits>
#include <thread>

#include "sync/endpoint/postgres_errors.h"
#include "sync/endpoint/postgres_text.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::unique_ptr<SqlConnection> connect(const std::string& address) {
    auto opened = open_postgres(address);
    if (!opened.ok())
        throw std::runtime_error(opened.error().text());
    return std::move(*opened);
}

std::int64_t number(SqlConnection& sql, const std::string& question) {
    std::int64_t answer = -1;
    const auto asked = sql.query(question, {}, [&](const SqlRow& row) {
        answer = row.integer(0);
        return false;
    });
    INFO((asked.ok() ? std::string() : asked.error().text()));
    REQUIRE(asked.ok());
    return answer;
}

// A table with one row of each kind of value.
struct Kinds {
    std::string address = the_server().new_database();
    std::unique_ptr<SqlConnection> sql = connect(address);

    Kinds() {
        REQUIRE(
            sql->script("create table kinds(id integer not null primary key, big bigint, words text, bytes "
                        "blob default x'')")
                .ok());
    }
    Result<std::int64_t> put(std::int64_t id, SqlValue big, SqlValue words, SqlValue bytes) {
        return sql->run(
            "insert into kinds(id, big, words, bytes) values(:id, :big, :words, :bytes)",
            {{"id", id}, {"big", std::move(big)}, {"words", std::move(words)}, {"bytes", std::move(bytes)}});
    }
};

}  // namespace

TEST_CASE("each place of a name is a parameter of its own, and quoted text stays as it is", "[postgresql]") {
    const auto made = numbered("select ':a', x::text, :a, \":b\" from t -- :c\nwhere :b = :a /* :d */");
    CHECK(made.sql == "select ':a', x::text, $1, \":b\" from t -- :c\nwhere $2 = $3 /* :d */");
    CHECK(made.names == std::vector<std::string>{"a", "b", "a"});
    CHECK(
        postgres_schema("create table t(a blob not null default x'', b integer, c text, d bigint) -- text") ==
        "create table t(a bytea not null default ''::bytea, b bigint, c text collate \"C\", d bigint) -- "
        "text");
    CHECK(postgres_schema("select 'a text', textual from integers") ==
          "select 'a text', textual from integers");
}

TEST_CASE("an error of PostgreSQL never repeats what stands in a row", "[postgresql]") {
    CHECK(postgres_error("23505", "Key (name)=(Margaret) exists").text().find("Margaret") ==
          std::string::npos);
    CHECK(postgres_error("22P02", "bad: Margaret").text().find("Margaret") == std::string::npos);
    CHECK(postgres_error("42P01", "relation \"x\" does not exist").text().find("\"x\"") != std::string::npos);
    CHECK(postgres_error("53100", "").fault == Fault::disk_full);
    CHECK(postgres_error("", "").fault == Fault::unreachable);
    CHECK(postgres_error("25006", "").fault == Fault::not_writable);
    CHECK(postgres_error("XX001", "").fault == Fault::damaged);
    CHECK(is_ended_by_another("40P01"));
    CHECK_FALSE(is_ended_by_another("23505"));
}

TEST_CASE("every value comes back from PostgreSQL as it went in", "[postgresql]") {
    if (!on_postgresql())
        return;
    Kinds kinds;
    const std::string bytes("\0\xff'\\x41\0", 8);
    const auto least = std::numeric_limits<std::int64_t>::min();
    const auto most = std::numeric_limits<std::int64_t>::max();
    CHECK(*kinds.put(1, least, std::string("Łukasz '; :x"), Blob{bytes}) == 1);
    CHECK(*kinds.put(2, most, std::string(), Blob{}) == 1);
    CHECK(*kinds.put(3, Null{}, Null{}, Null{}) == 1);
    std::vector<std::vector<SqlValue>> rows;
    REQUIRE(kinds.sql
                ->query("select id, big, words, bytes from kinds order by id", {},
                        [&](const SqlRow& row) {
                            rows.push_back({row.value(0), row.value(1), row.value(2), row.value(3)});
                            CHECK(row.text(0) == std::to_string(row.integer(0)));
                            return true;
                        })
                .ok());
    const std::vector<std::vector<SqlValue>> expected = {
        {std::int64_t{1}, least, std::string("Łukasz '; :x"), Blob{bytes}},
        {std::int64_t{2}, most, std::string(), Blob{}},
        {std::int64_t{3}, Null{}, Null{}, Null{}}};
    CHECK(rows == expected);
    CHECK(*kinds.put(4, std::int64_t{120'000'000'005}, Null{}, Null{}) == 1);
    CHECK(number(*kinds.sql, "select sum(big) from kinds where id in (2, 3)") == most);
    CHECK(number(*kinds.sql, "select sum(big) - 5 from kinds where id = 4") == 120'000'000'000);
    CHECK(number(*kinds.sql, "select -sum(id) from kinds") == -10);
    CHECK(*kinds.sql->run("update kinds set words = 'x' where id < :id", {{"id", std::int64_t{3}}}) == 2);
    CHECK(*kinds.sql->run("select id from kinds") == 0);
    CHECK(*kinds.sql->run("insert into kinds(id) values(1) on conflict do nothing") == 0);
}

TEST_CASE("a text that holds a NUL is refused with words, and what was done before it stays",
          "[postgresql]") {
    if (!on_postgresql())
        return;
    Kinds kinds;
    REQUIRE(kinds.sql->begin().ok());
    REQUIRE(kinds.put(1, Null{}, Null{}, Null{}).ok());
    REQUIRE(kinds.sql->savepoint().ok());
    const auto refused = kinds.put(2, Null{}, std::string("a\0b", 3), Null{});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::bad_input);
    CHECK(refused.error().what.find("NUL") != std::string::npos);
    CHECK_FALSE(kinds.put(3, Null{}, Null{}, Null{}).ok());
    kinds.sql->rollback_to_savepoint();
    CHECK(kinds.put(1, Null{}, Null{}, Null{}).error().fault == Fault::conflict);
    // A transaction that failed is not committed, and says so.
    CHECK_FALSE(kinds.sql->commit().ok());
    CHECK(number(*kinds.sql, "select count(*) from kinds") == 0);
}

TEST_CASE("a lost connection commits nothing by halves and is made anew", "[postgresql]") {
    if (!on_postgresql())
        return;
    Kinds kinds;
    const auto other = connect(kinds.address);
    REQUIRE(kinds.sql->begin().ok());
    REQUIRE(kinds.put(1, Null{}, Null{}, Null{}).ok());
    REQUIRE(other
                ->run("select pg_terminate_backend(pid) from pg_stat_activity where datname = "
                      "current_database() and pid <> pg_backend_pid()")
                .ok());
    CHECK_FALSE(kinds.put(2, Null{}, Null{}, Null{}).ok());
    CHECK_FALSE(kinds.put(3, Null{}, Null{}, Null{}).ok());
    CHECK_FALSE(kinds.sql->commit().ok());
    kinds.sql->rollback();
    REQUIRE(kinds.sql->begin().ok());
    REQUIRE(kinds.put(4, Null{}, Null{}, Null{}).ok());
    REQUIRE(kinds.sql->commit().ok());
    CHECK(number(*other, "select sum(id) from kinds") == 4);
}

TEST_CASE("of two transactions that wait for each other one may be repeated", "[postgresql]") {
    if (!on_postgresql())
        return;
    Kinds kinds;
    REQUIRE(kinds.put(1, std::int64_t{0}, Null{}, Null{}).ok());
    REQUIRE(kinds.put(2, std::int64_t{0}, Null{}, Null{}).ok());
    const auto other = connect(kinds.address);
    const auto raise = [](SqlConnection& sql, std::int64_t id) {
        return sql.run("update kinds set big = big + 1 where id = :id", {{"id", id}}).ok();
    };
    REQUIRE(kinds.sql->begin().ok());
    REQUIRE(other->begin().ok());
    REQUIRE(raise(*kinds.sql, 1));
    REQUIRE(raise(*other, 2));
    std::atomic<bool> other_went_on = false;
    std::thread second([&] { other_went_on = raise(*other, 1) && other->commit().ok(); });
    const bool went_on = raise(*kinds.sql, 2) && kinds.sql->commit().ok();
    second.join();
    CHECK(went_on != other_went_on);
    CHECK(may_repeat(*kinds.sql) == !went_on);
    CHECK(may_repeat(*other) == !other_went_on);
    kinds.sql->rollback();
    other->rollback();
    CHECK(number(*kinds.sql, "select sum(big) from kinds") == 2);
}

namespace {

// Ten homes with a visit and two referrals each.
void keep_a_day(Hand& tablet) {
    auto& random = tablet.centre.random;
    for (int home = 0; home < 10; ++home)
        tablet.keep({visit(random), referral(random, Uuid::random(random), "fire"),
                     referral(random, Uuid::random(random), "fire")});
}

// Rows and entries of indexes that the server has read for all statements so far.
std::int64_t rows_read(Centre& centre) {
    number(centre.sql, "select count(*) from pg_stat_force_next_flush()");
    return number(centre.sql, "select (select sum(seq_tup_read) from pg_stat_user_tables) + "
                              "(select sum(idx_tup_read) from pg_stat_user_indexes)");
}

std::int64_t read_by_a_push(Hand& tablet) {
    keep_a_day(tablet);
    const auto days = tablet.envelopes.size();
    const auto before = rows_read(tablet.centre);
    acknowledged(tablet.push(days - 10, days));
    return rows_read(tablet.centre) - before;
}

}  // namespace

TEST_CASE("what a push reads does not grow with the log, though nobody ever analysed a table",
          "[postgresql]") {
    Centre centre;
    if (centre.sql.engine() != SqlConnection::Engine::postgresql)
        return;  // the run on PostgreSQL shows it
    Hand tablet(centre);
    std::vector<EndpointRequest> evening;
    for (std::size_t i = 0; i < 60; ++i) {
        keep_a_day(tablet);
        evening.push_back(tablet.push_of(tablet.frame(10 * i, 10 * (i + 1))));
    }
    const auto before = rows_read(centre);
    for (const auto& response : centre.endpoint->handle({evening.data(), 5}))
        acknowledged(response);
    // All in one transaction: its plans began with empty tables.
    const auto early = rows_read(centre);
    for (const auto& response : centre.endpoint->handle(std::span(evening).subspan(5)))
        acknowledged(response);
    CHECK(centre.rows("operation") == 1'800);
    CHECK(read_by_a_push(tablet) < 2 * (early - before) / 5);
    CHECK(number(centre.sql, "select count(*) from pg_stat_user_tables where last_analyze is not null") == 0);
}

TEST_CASE("what cannot be opened says why, and never the password", "[postgresql]") {
    CHECK(open_postgres("mysql://x").error().fault == Fault::bad_input);
    const auto nobody = open_postgres("postgresql://doorstep:Geheim1@127.0.0.1:1/x");
    REQUIRE_FALSE(nobody.ok());
    CHECK(nobody.error().fault == Fault::unreachable);
    CHECK(nobody.error().text().find("Geheim1") == std::string::npos);
}

namespace {

// An endpoint with a connection of its own, as a program of its own would be.
struct OwnEndpoint {
    ManualClock clock{1'370'678'400'000, 60};
    SeededRandom random;
    Directory directory;
    std::unique_ptr<SqlConnection> sql;
    std::optional<Endpoint> endpoint;

    OwnEndpoint(const std::string& address, std::uint64_t seed) : random(seed), sql(connect(address)) {
        auto opened = Endpoint::open(*sql, directory, clock, random);
        if (!opened.ok())
            throw std::runtime_error(opened.error().text());
        endpoint.emplace(std::move(*opened));
        if (const auto used = endpoint->use_keys(same_keys()); !used.ok())
            throw std::runtime_error(used.error().text());
    }
};

// Takes facts in, one to a transaction, as a push does; how many were committed.
int take_alone(OwnEndpoint& own, int count) {
    int committed = 0;
    for (int i = 0; i < count; ++i) {
        const std::vector<wire::OpenedOperation> facts{wire::open_operation(wire::encode(visit(own.random)))};
        auto transaction = own.endpoint->store().begin();
        if (transaction.ok() && transaction->append_received(facts, Uuid{}).ok() &&
            transaction->commit().ok())
            ++committed;
    }
    return committed;
}

}  // namespace

TEST_CASE("several endpoints begin with one empty database at once, and agree", "[postgresql]") {
    if (!on_postgresql())
        return;
    const auto address = the_server().new_database();
    std::vector<std::unique_ptr<OwnEndpoint>> endpoints(4);
    std::vector<std::thread> threads;
    std::atomic<int> failed = 0;
    for (std::size_t i = 0; i < endpoints.size(); ++i)
        threads.emplace_back([&, i] {
            try {
                endpoints[i] = std::make_unique<OwnEndpoint>(address, i + 1);
            } catch (const std::exception&) {
                ++failed;
            }
        });
    for (auto& thread : threads)
        thread.join();
    REQUIRE(failed == 0);
    for (const auto& one : endpoints) {
        CHECK(*one->endpoint->store().epoch() == *endpoints[0]->endpoint->store().epoch());
        CHECK(one->endpoint->safeguarding_key() == endpoints[0]->endpoint->safeguarding_key());
    }
}

TEST_CASE("the feed of several endpoints on one database has no hole, and no reader misses a fact",
          "[postgresql]") {
    if (!on_postgresql())
        return;
    constexpr int each = 40;
    const auto address = the_server().new_database();
    std::vector<std::unique_ptr<OwnEndpoint>> endpoints;
    for (std::uint64_t i = 0; i < 3; ++i)
        endpoints.push_back(std::make_unique<OwnEndpoint>(address, i + 1));
    std::atomic<int> committed = 0;
    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < endpoints.size(); ++i)
        threads.emplace_back([&, i] { committed += take_alone(*endpoints[i], each); });
    // Reads on while they write: a place that is passed by never comes again.
    std::vector<std::uint64_t> read;
    std::thread reader([&] {
        OwnEndpoint own(address, 99);
        for (bool last = false; !last;) {
            last = over;
            const auto page = own.endpoint->store().feed(read.empty() ? 0 : read.back(), 7, Uuid{});
            for (std::size_t i = 0; page.ok() && i < page->size(); ++i)
                read.push_back((*page)[i].pull_sequence);
            last = last && page.ok() && page->empty();
        }
    });
    for (auto& thread : threads)
        thread.join();
    over = true;
    reader.join();
    CHECK(committed == 3 * each);
    REQUIRE(read.size() == std::size_t{3 * each});
    for (std::size_t i = 0; i < read.size(); ++i)
        REQUIRE(read[i] == i + 1);
}
