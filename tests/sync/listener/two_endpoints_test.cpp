// Two real endpoint programs on one real PostgreSQL, tablets that go to either, and one of the two killed
// again and again.
#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>

#include "sync/endpoint/postgres_connection.h"
#include "sync/http/curl_client.h"
#include "sync/store/sqlite_connection.h"
#include "sync/tablet/runner.h"
#include "sync/wire/ticket.h"
#include "tests/support/postgres_server.h"
#include "tests/sync/listener/process.h"
#include "tests/sync/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

// No assertion in it: it works on a thread of its own.
struct RoamingTablet {
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<SqlConnection> sql = std::move(*open_sqlite(":memory:"));
    Store store = std::move(*Store::open(*sql, StoreRole::tablet, clock, random));
    std::string token;
    std::vector<std::string> problems{};
    Sequence kept = 0;

    explicit RoamingTablet(const std::string& told) {
        const auto at = told.find("doorstep-ticket:");
        const auto ticket =
            wire::decode_ticket(told.substr(std::min(at, told.size()), told.find('\n', at) - at));
        if (!ticket.ok()) {
            problems.push_back(ticket.error().text());
            return;
        }
        token = ticket->token;
        const auto enrolled = store.enrol({ticket->enrolment, "tab", "", token, ticket->safeguarding_key,
                                           ticket->sealing_key, ticket->signing_key, ticket->recovery_key});
        if (!enrolled.ok())
            problems.push_back(enrolled.error().text());
    }
    void keep_visit() {
        VisitPlanned visit;
        visit.visit = Uuid::random(random);
        visit.label = "SS";
        visit.programme = "safer_streets";
        visit.area = "BE";
        visit.day = Day::of(2013, 6, 8);
        Operation fact;
        fact.subject = visit.visit;
        fact.payload = visit;
        auto transaction = store.begin();
        if (!transaction.ok() || !transaction->append({fact}).ok() || !transaction->commit().ok())
            problems.emplace_back("a fact could not be kept");
        ++kept;
    }
    // An endpoint that is just being started again refuses the connection: the next try may go to the other.
    bool sync(const std::string& address) {
        auto http = CurlClient::open(address, token);
        if (!http.ok()) {
            problems.push_back(http.error().text());
            return false;
        }
        const auto outcome = sync_now(
            store, *http, clock, random,
            [](std::int64_t ms) {
                std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::int64_t>(ms, 20)));
            },
            2);
        if (!outcome.ok())
            problems.push_back(outcome.error().text());
        return outcome.ok() && outcome->up_to_date;
    }
    void work(const std::vector<std::string>& addresses, int rounds, std::atomic<int>& done) {
        for (int round = 0; round < rounds; ++round) {
            keep_visit();
            keep_visit();
            sync(addresses[static_cast<std::size_t>(round) % addresses.size()]);
            ++done;
        }
        for (std::size_t left = 400; left > 0 && !sync(addresses[left % addresses.size()]); --left)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
};

std::int64_t number(SqlConnection& sql, const std::string& question) {
    std::int64_t answer = -1;
    REQUIRE(sql.query(question, {},
                      [&](const SqlRow& row) {
                          answer = row.integer(0);
                          return false;
                      })
                .ok());
    return answer;
}

// Two folders with the same keys.
struct TwoPrograms {
    testing::TemporaryFolder temporary;
    std::string first = (fs::path(temporary.path()) / "one").string();
    std::string second = (fs::path(temporary.path()) / "two").string();
    EndpointProgram one{first};
    EndpointProgram two{second};

    explicit TwoPrograms(const std::string& database) { ::setenv("DOORSTEP_DATABASE", database.c_str(), 1); }
    ~TwoPrograms() { ::unsetenv("DOORSTEP_DATABASE"); }
    void start() {
        const auto prepared = one.prepare();
        INFO(prepared.err);
        REQUIRE(prepared.status == 0);
        fs::copy(first, second, fs::copy_options::recursive);
        fs::copy_file(first + ".device-secret", second + ".device-secret");
        fs::copy_file(one.sheet(), two.sheet());
        REQUIRE(one.serve());
        REQUIRE(two.serve());
    }
};

}  // namespace

TEST_CASE("two endpoints on one PostgreSQL, one of them killed again and again: no hole in the feed, nothing "
          "lost, nothing doubled",
          "[listener][postgresql]") {
    PostgresServer server(PostgresServer::Disk::durable);
    if (!server.runs()) {
        WARN("SKIPPED: no PostgreSQL can be had here: " << server.why_not());
        return;
    }
    constexpr int rounds = 12;
    const auto database = server.new_database();
    TwoPrograms programs(database);
    programs.start();
    std::vector<std::unique_ptr<RoamingTablet>> tablets;
    for (int i = 0; i < 5; ++i) {
        const auto told = (i % 2 == 0 ? programs.one : programs.two).run({"enrol", fmt::format("tab-{}", i)});
        INFO(told.err);
        REQUIRE(told.status == 0);
        tablets.push_back(std::make_unique<RoamingTablet>(told.out));
    }
    const std::vector<std::string> addresses{programs.one.address(), programs.two.address()};
    std::atomic<int> done = 0;
    std::vector<std::thread> threads;
    for (auto& tablet : tablets)
        threads.emplace_back([&] { tablet->work(addresses, rounds, done); });
    int kills = 0;
    bool started = true;
    for (int last = 0; started && done < 5 * rounds;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (done < last + 6)
            continue;
        last = done;
        auto& program = kills % 3 == 2 ? programs.one : programs.two;
        program.kill_now();
        ++kills;
        started = program.serve();
    }
    for (auto& thread : threads)
        thread.join();
    REQUIRE(started);
    CHECK(kills >= 3);
    // What either has is in the database; both tell the same.
    CHECK(programs.one.run({"tablets"}).out == programs.two.run({"tablets"}).out);
    std::int64_t kept = 0;
    for (auto& tablet : tablets) {
        for (const auto& problem : tablet->problems)
            FAIL_CHECK(problem);
        CHECK(tablet->store.position()->acked_through == tablet->kept);
        kept += static_cast<std::int64_t>(tablet->kept);
    }
    CHECK(kept == 5 * 2 * rounds);
    for (auto& tablet : tablets) {
        CHECK(tablet->sync(addresses[1]));
        CHECK(tablet->store.log()->size() == static_cast<std::size_t>(kept));
    }
    const auto sql = open_postgres(database);
    REQUIRE(sql.ok());
    CHECK(number(**sql, "select count(*) from operation") == kept);
    CHECK(number(**sql, "select count(distinct pull_seq) from operation") == kept);
    CHECK(number(**sql, "select min(pull_seq) from operation") == 1);
    CHECK(number(**sql, "select max(pull_seq) from operation") == kept);
    CHECK(number(**sql, "select seq from partnership_clock") == kept);
    CHECK(number(**sql, "select count(*) from fork") == 0);
    CHECK(number(**sql, "select count(*) from forked_envelope") == 0);
}

TEST_CASE("a command on PostgreSQL works without a serve, and says where no endpoint is",
          "[listener][postgresql]") {
    PostgresServer server;
    if (!server.runs()) {
        WARN("SKIPPED: no PostgreSQL can be had here: " << server.why_not());
        return;
    }
    TwoPrograms programs(server.new_database());
    const auto nothing = programs.one.run({"tablets"});
    CHECK(nothing.status == 2);
    CHECK(nothing.err.find("no endpoint in that database") != std::string::npos);
    REQUIRE(programs.one.prepare().status == 0);
    REQUIRE(programs.one.run({"enrol", "tab-01"}).status == 0);
    CHECK(programs.one.run({"tablets"}).out.find("tab-01") != std::string::npos);
    // Without the keys that its tablets seal to, an endpoint does not begin.
    const auto keyless = programs.two.run({"tablets"});
    CHECK(keyless.status == 1);
    const auto super = programs.one.run({"--database", server.superuser_address("postgres"), "tablets"});
    CHECK(super.status == 1);
    CHECK(super.err.find("superuser") != std::string::npos);
    REQUIRE(programs.one.serve());
    EndpointProgram same(programs.first);
    CHECK_FALSE(same.serve());
    CHECK(same.messages().find("serves in the folder") != std::string::npos);
}
