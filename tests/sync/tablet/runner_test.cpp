#include "sync/tablet/runner.h"

#include "forms/base/encoding.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "tests/sync/tablet/in_process.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct Sync {
    Centre& centre;
    SeededRandom jitter{5};
    std::vector<std::int64_t> slept;

    SyncOutcome of(Tablet& tablet, HttpClient& http, int give_up_after = 10) {
        const auto outcome = sync_now(
            tablet.store, http, centre.clock, jitter,
            [&](std::int64_t ms) {
                slept.push_back(ms);
                centre.clock.advance_ms(ms);
            },
            give_up_after);
        REQUIRE(outcome.ok());
        return *outcome;
    }
    SyncOutcome of(Tablet& tablet) {
        DirectClient http(centre, tablet.identity);
        return of(tablet, http);
    }
};

Error cut() {
    return {Fault::unreachable, "The connection was cut.", ""};
}

}  // namespace

TEST_CASE("two tablets and the endpoint come to hold the same facts", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet one(centre, "tab-01", 21);
    Tablet two(centre, "tab-02", 22);
    one.plan_visits(3);
    two.plan_visits(2);
    CHECK(sync.of(one).up_to_date);
    CHECK(sync.of(two).up_to_date);
    CHECK(sync.of(one).up_to_date);
    CHECK(sync.of(two).up_to_date);
    const auto truth = centre.endpoint.store().dump_read_model(true);
    CHECK(*truth == *one.store.dump_read_model(true));
    CHECK(*truth == *two.store.dump_read_model(true));
    CHECK(count_rows(*centre.sql, "operation") == 5);
    CHECK(sync.slept.empty());
}

TEST_CASE("the second sync with nothing new is one request", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet tablet(centre, "tab-01", 21);
    tablet.plan_visits();
    sync.of(tablet);
    sync.of(tablet);
    DirectClient http(centre, tablet.identity);
    CHECK(sync.of(tablet, http).up_to_date);
    CHECK(http.exchanges == 1);
}

TEST_CASE("a day of many facts goes out in pieces and comes back in pages", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet one(centre, "tab-01", 21);
    Tablet two(centre, "tab-02", 22);
    for (int i = 0; i < 30; ++i)
        one.plan_visits(40);
    CHECK(sync.of(one).up_to_date);
    CHECK(one.store.position()->acked_through == 1'200);
    DirectClient http(centre, two.identity);
    CHECK(sync.of(two, http).up_to_date);
    CHECK(http.exchanges == 1 + 3);
    CHECK(*one.store.dump_read_model(true) == *two.store.dump_read_model(true));
}

TEST_CASE("a lost reply costs one resend and doubles nothing", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet tablet(centre, "tab-01", 21);
    tablet.plan_visits(2);
    DirectClient http(centre, tablet.identity);
    int lost = 0;
    http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        if (http.exchanges == 2 && lost++ == 0)
            return cut();
        return reply;
    };
    CHECK(sync.of(tablet, http).up_to_date);
    CHECK(lost == 1);
    CHECK(count_rows(*centre.sql, "operation") == 2);
    CHECK(tablet.store.position()->acked_through == 2);
}

TEST_CASE("a captive portal marks nothing sent, and says so", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet tablet(centre, "tab-01", 21);
    tablet.plan_visits();
    DirectClient http(centre, tablet.identity);
    http.on_the_way_back = [](const HttpReply&) -> Result<HttpReply> {
        return HttpReply{200, {{"content-type", "text/html"}}, "<html>Welcome. Sign in.</html>"};
    };
    const auto outcome = sync.of(tablet, http, 3);
    CHECK_FALSE(outcome.up_to_date);
    CHECK(outcome.state.what == SyncState::What::not_our_endpoint);
    CHECK(outcome.state.unsent == 1);
    CHECK(tablet.store.position()->acked_through == 0);
}

TEST_CASE("without a network it gives up after as many tries as it was told", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet tablet(centre, "tab-01", 21);
    tablet.plan_visits();
    DirectClient http(centre, tablet.identity);
    http.on_the_way_back = [](const HttpReply&) -> Result<HttpReply> { return cut(); };
    const auto outcome = sync.of(tablet, http, 4);
    CHECK(outcome.state.what == SyncState::What::offline);
    CHECK(http.exchanges == 4);
    CHECK(sync.slept.size() == 3);
}

TEST_CASE("an unknown seed ends the tries at once", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet tablet(centre, "tab-01", 21);
    auto stranger = tablet.identity;
    stranger.seed = std::string(64, '0');
    DirectClient http(centre, stranger);
    const auto outcome = sync.of(tablet, http);
    CHECK(outcome.state.what == SyncState::What::refused);
    CHECK(http.exchanges == 1);
}

TEST_CASE("a tablet that is not enrolled is told so", "[runner]") {
    Centre centre;
    SeededRandom random(1);
    auto sql = in_memory();
    auto store = Store::open(*sql, StoreRole::tablet, centre.clock, random);
    REQUIRE(store.ok());
    DirectClient http(centre, Tablet::enrolled(centre, "tab-09"));
    const auto outcome = sync_now(*store, http, centre.clock, random, [](std::int64_t) {});
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().fault == Fault::refused);
}

TEST_CASE("the first safeguarding key is learned, and no later one", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet tablet(centre, "tab-01", 21);
    sync.of(tablet);
    const auto first = (*tablet.store.identity())->safeguarding_key;
    CHECK(first == same_keys().safeguarding.bytes);
    DirectClient http(centre, tablet.identity);
    HttpRequest asked;
    int told = 0;
    http.on_the_way = [&](HttpRequest& request) { asked = request; };
    // With the signature of the endpoint itself.
    http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        if (auto status = wire::decode_tablet_reply(reply.body); status.ok()) {
            status->safeguarding_key = KeyPair::make().public_key.bytes;
            reply.body = wire::encode(*status);
            const auto mark = mark_of(asked);
            const auto text = wire::request_text(asked.method, asked.path, asked.body, mark);
            reply.headers["doorstep-signature"] =
                to_base64(sign(same_keys().signing, wire::reply_purpose,
                               wire::reply_text(reply.status, reply.body, Sha256::of(text), mark)));
            ++told;
        }
        return reply;
    };
    sync.of(tablet, http);
    CHECK(told == 1);
    CHECK((*tablet.store.identity())->safeguarding_key == first);
}

TEST_CASE("an endpoint under a new epoch gets everything that it lost", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet one(centre, "tab-01", 21);
    Tablet two(centre, "tab-02", 22);
    one.plan_visits(2);
    sync.of(one);
    sync.of(two);
    // What a restore does: rows are gone, the clock of the feed is back, the epoch is new.
    auto& sql = *centre.sql;
    for (const char* table : {"operation_body", "operation", "envelope", "fact_visit", "fact_visit_team"})
        REQUIRE(sql.run(std::string("delete from ") + table).ok());
    REQUIRE(sql.run("update partnership_clock set seq = 0, epoch = :epoch",
                    {{"epoch", sql_value(Uuid::random(centre.random))}})
                .ok());
    REQUIRE(sql.run("update tablet set acked_seq = 0, chain = :zero", {{"zero", sql_value(Sha256{})}}).ok());
    two.plan_visits(3);
    CHECK(sync.of(two).up_to_date);
    CHECK(sync.of(one).up_to_date);
    CHECK(sync.of(two).up_to_date);
    CHECK(sync.of(one).up_to_date);
    CHECK(count_rows(sql, "operation") == 5);
    CHECK(*one.store.dump_read_model(true) == *two.store.dump_read_model(true));
    CHECK(*one.store.dump_read_model(true) == *centre.endpoint.store().dump_read_model(true));
}

TEST_CASE("a copy of a tablet's storage is refused, and what it sent is kept as a branch", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet original(centre, "tab-01", 21);
    Tablet clone(centre, "tab-01-copy", 23);
    REQUIRE(clone.store.enrol(original.identity).ok());
    original.plan_visits();
    clone.plan_visits();
    CHECK(sync.of(original).up_to_date);
    DirectClient http(centre, original.identity);
    const auto outcome = sync.of(clone, http);
    CHECK(outcome.state.what == SyncState::What::refused);
    CHECK(clone.store.position()->acked_through == 0);
    CHECK(count_rows(*centre.sql, "fact_visit") == 2);
    CHECK(count_rows(*centre.sql, "branch") == 1);
    // The same again is kept once.
    sync.of(clone, http);
    CHECK(count_rows(*centre.sql, "branch") == 1);
    CHECK(count_rows(*centre.sql, "fact_visit") == 2);
}

TEST_CASE("Retry-After of a full endpoint is slept", "[runner]") {
    Centre centre;
    Sync sync{centre};
    Tablet tablet(centre, "tab-01", 21);
    tablet.plan_visits();
    DirectClient http(centre, tablet.identity);
    http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        if (http.exchanges == 2)
            return HttpReply{503, {{"doorstep-endpoint", "1"}, {"retry-after", "60"}}, "{}"};
        return reply;
    };
    CHECK(sync.of(tablet, http).up_to_date);
    REQUIRE(sync.slept.size() == 1);
    CHECK(sync.slept.front() == 60'000);
}
