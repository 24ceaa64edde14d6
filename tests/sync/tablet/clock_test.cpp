// Tablets at work whose clock is wrong, or whose app is too old: they still sync, and what they recorded
// counts at its right time everywhere.
#include "sync/store/sql_values.h"
#include "sync/tablet/runner.h"
#include "tests/sync/tablet/engine_bench.h"
#include "tests/sync/tablet/in_process.h"

using namespace doorstep;
using namespace doorstep::testing;
using What = SyncState::What;

namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t of_2036 = 2'082'758'400'000;

// A tablet with a clock of its own, beside the endpoint's.
struct Officer {
    Centre& centre;
    ManualClock clock;
    SeededRandom random;
    std::unique_ptr<SqlConnection> sql = in_memory();
    Store store;
    TabletIdentity identity;
    std::string version = "1.0";

    Officer(Centre& where, const std::string& name, std::int64_t now_ms, std::uint64_t seed)
        : centre(where), clock(now_ms, 60), random(seed),
          store(std::move(*Store::open(*sql, StoreRole::tablet, clock, random))),
          identity(Tablet::enrolled(where, name)) {
        REQUIRE(store.enrol(identity).ok());
    }
    void pass(std::int64_t ms) {
        clock.advance_ms(ms);
        centre.clock.advance_ms(ms);
    }
    // As the app records one: its day is what its clock says.
    Uuid try_door(const Uuid& contact, ContactOutcome outcome) {
        ContactRecorded recorded;
        recorded.contact = contact;
        recorded.visit = Uuid::random(random);
        recorded.household = Uuid::random(random);
        recorded.area = "BE";
        recorded.road_code = "BE-001";
        recorded.team = "team-1";
        recorded.officer = "off-pol-01";
        recorded.outcome = outcome;
        recorded.day = Day::at(clock.now_ms(), 60);
        Operation fact;
        fact.subject = recorded.household;
        fact.payload = recorded;
        auto transaction = store.begin();
        REQUIRE(transaction.ok());
        const auto kept = transaction->append({fact});
        REQUIRE(kept.ok());
        REQUIRE(transaction->commit().ok());
        return kept->front().id;
    }
    SyncOutcome sync() {
        DirectClient line(centre, identity);
        auto outcome = sync_now(
            store, line, clock, random, [](std::int64_t) {}, 10, AppAtWork{version});
        INFO((outcome.ok() ? outcome->state.words : outcome.error().text()));
        REQUIRE(outcome.ok());
        return *outcome;
    }
};

std::string one(SqlConnection& sql, const std::string& query) {
    std::string found;
    const auto asked = sql.query(query, {}, [&](const SqlRow& row) {
        found += (found.empty() ? "" : ";") + row.text(0);
        return true;
    });
    INFO(query << (asked.ok() ? std::string() : asked.error().text()));
    REQUIRE(asked.ok());
    return found;
}

std::string model(const Store& store) {
    const auto dumped = store.dump_read_model(true);
    REQUIRE(dumped.ok());
    return *dumped;
}

const std::string today = std::to_string(Day::of(2013, 6, 8).since_1970);

}  // namespace

TEST_CASE("tablets at 1970 and at 2036 sync, and their doors count today, on every tablet", "[clock]") {
    Centre centre;
    const std::int64_t start = GENERATE(as<std::int64_t>{}, 5 * hour, 2'082'758'400'000, 1'370'419'200'000);
    Officer wrong(centre, "tab-01", start, 51);
    Officer lead(centre, "tab-02", centre.clock.now_ms(), 52);
    wrong.try_door(Uuid::random(wrong.random), ContactOutcome::no_answer);
    const auto said = one(*wrong.sql, "select at_ms from operation");
    wrong.pass(2 * hour);
    lead.clock.advance_ms(2 * hour);
    wrong.try_door(Uuid::random(wrong.random), ContactOutcome::declined);
    CHECK(wrong.sync().up_to_date);
    CHECK(wrong.sync().up_to_date);
    CHECK(lead.sync().up_to_date);
    for (auto* sql : {centre.sql.get(), wrong.sql.get(), lead.sql.get()}) {
        CHECK(one(*sql, "select distinct day from contact") == today);
        CHECK(one(*sql, "select max(at_ms) - min(at_ms) from contact") == std::to_string(2 * hour));
        // Nothing of a fact was changed.
        CHECK(one(*sql, "select min(at_ms) from operation where type = 'contact_recorded'") == said);
    }
    CHECK(one(*centre.sql, "select max(at_ms) from contact") == std::to_string(centre.clock.now_ms()));
    CHECK(model(wrong.store) == model(lead.store));
    CHECK(model(centre.endpoint.store()) == model(lead.store));
    // What is folded again from the log is the same.
    REQUIRE(lead.store.rebuild().ok());
    CHECK(model(centre.endpoint.store()) == model(lead.store));
    CHECK(centre.endpoint.tablets()->at(0).clock_off_ms == start - 1'370'678'400'000);
    CHECK(centre.endpoint.tablets()->at(1).clock_off_ms == 0);
}

TEST_CASE("a tablet from 2036 does not have the last word at a door for ever", "[clock]") {
    Centre centre;
    Officer wrong(centre, "tab-01", of_2036, 53);
    Officer right(centre, "tab-02", centre.clock.now_ms(), 54);
    const auto contact = Uuid::random(wrong.random);
    wrong.try_door(contact, ContactOutcome::no_answer);
    wrong.sync();
    right.sync();
    right.clock.advance_ms(hour);
    wrong.pass(hour);
    right.try_door(contact, ContactOutcome::declined);
    right.sync();
    wrong.sync();
    for (auto* sql : {centre.sql.get(), wrong.sql.get(), right.sql.get()})
        CHECK(one(*sql, "select outcome from contact") == "declined");
    // Its clock is set right: what it records goes on from there.
    wrong.clock.set_ms(centre.clock.now_ms());
    wrong.pass(hour);
    right.clock.advance_ms(hour);
    wrong.try_door(contact, ContactOutcome::call_back);
    wrong.sync();
    right.sync();
    right.clock.advance_ms(hour);
    wrong.pass(hour);
    right.try_door(contact, ContactOutcome::no_access);
    right.sync();
    wrong.sync();
    for (auto* sql : {centre.sql.get(), wrong.sql.get(), right.sql.get()})
        CHECK(one(*sql, "select outcome from contact") == "no_access");
    CHECK(centre.endpoint.tablets()->at(0).clock_off_ms == 0);
    CHECK(centre.endpoint.tablets()->at(0).clock_suspect_ms > 0);
}

TEST_CASE("the clock's hour is told with each question, by an app at work alone", "[engine][clock]") {
    for (const bool at_work : {true, false}) {
        EngineBench bench(at_work ? std::optional(AppAtWork{"1.0"}) : std::nullopt);
        bench.keep_fact();
        bench.begin(bench.position());
        const auto* status = bench.sent(Lane::status);
        REQUIRE(status);
        const auto told = "tablet_time_ms=" + std::to_string(bench.now);
        CHECK((status->request.path.find(told) != std::string::npos) == at_work);
        auto reply = bench.stands(0, 0);
        reply.server_time_ms = bench.now - 3 * 365 * day;
        bench.reply(Lane::status, status->attempt, bench.ours(wire::encode(reply)));
        CHECK(bench.find<LoadUnsent>());
        CHECK(bench.engine.state().clock_off_ms == 3 * 365 * day);
        bench.load(1);
        const auto push = wire::decode_push_request(bench.sent(Lane::push)->request.body);
        REQUIRE(push.ok());
        CHECK(push->tablet_time_ms == (at_work ? std::optional(bench.now) : std::nullopt));
    }
}

TEST_CASE("an app that is too old still sends, pulls nothing and says so", "[engine][min_app]") {
    Centre centre;
    REQUIRE(centre.endpoint.ask_for_app("0.10").ok());
    Officer old(centre, "tab-01", centre.clock.now_ms(), 55);
    Officer fresh(centre, "tab-02", centre.clock.now_ms(), 56);
    old.version = "0.9.7";
    fresh.version = "0.10.0";
    old.try_door(Uuid::random(old.random), ContactOutcome::declined);
    fresh.try_door(Uuid::random(fresh.random), ContactOutcome::declined);
    CHECK(fresh.sync().up_to_date);
    const auto outcome = old.sync();
    CHECK_FALSE(outcome.up_to_date);
    CHECK(outcome.state.trouble == SyncTrouble::too_old);
    CHECK(outcome.state.words.find("asks for 0.10") != std::string::npos);
    CHECK(outcome.state.unsent == 0);
    CHECK(one(*centre.sql, "select count(*) from operation") == "2");
    CHECK(one(*old.sql, "select count(*) from operation") == "1");
    // Updated, it catches up; nothing was lost or skipped.
    old.version = "0.10.1";
    CHECK(old.sync().up_to_date);
    CHECK(one(*old.sql, "select count(*) from operation") == "2");
    CHECK_FALSE(centre.endpoint.ask_for_app("soon").ok());
    REQUIRE(centre.endpoint.ask_for_app("").ok());
    old.version = "0.1";
    CHECK(old.sync().up_to_date);
}

TEST_CASE("officers who left are told to every tablet at work", "[engine][officers]") {
    EngineBench bench(AppAtWork{"1.0"});
    bench.begin(bench.position());
    auto reply = bench.stands(0, 0);
    reply.officers_left = {"off-pol-01", "off-ts-04"};
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(reply)));
    const auto* ended = bench.find<EndSignIns>();
    REQUIRE(ended);
    CHECK(ended->officers == reply.officers_left);
}
