// A home that the centre forgets is forgotten by every tablet, locked or not.
#include "sync/endpoint/erasure.h"
#include "sync/wire/codec.h"
#include "tests/sync/canary_home.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct Quarter {
    CentreWithKeys centre;
    TemporaryFolder folder;
    ErasureList list{folder / "erasures.list"};
    SealedTablet one{centre, "tab-01", 11};
    SealedTablet two{centre, "tab-02", 12};
    CanaryHome home{centre.random, Uuid::random(centre.random), Day::of(2013, 6, 8), centre.clock.now_ms()};

    Quarter() {
        one.enrol();
        two.enrol();
    }
    void record(SealedTablet& tablet) {
        auto transaction = tablet.store->begin();
        REQUIRE(transaction.ok());
        auto facts = home.facts;
        for (auto& fact : facts)
            fact.hybrid_clock = 0;
        auto kept = transaction->append(facts);
        REQUIRE(kept.ok());
        REQUIRE(transaction->commit().ok());
    }
    void erase() {
        centre.clock.advance_ms(60'000);
        const auto by = centre.endpoint.forgetting(list);
        REQUIRE(by.ok());
        const auto erased = erase_subject(*by, home.home);
        INFO((erased.ok() ? std::string{} : erased.error().text()));
        REQUIRE(erased.ok());
    }
};

// Everything that its keys open.
std::string readable(SealedTablet& tablet) {
    std::string text = tablet.dump();
    const auto log = tablet.store->log();
    REQUIRE(log.ok());
    for (const auto& fact : *log)
        text += wire::encode(fact);
    REQUIRE(tablet.sql
                ->query("select body, plain from envelope", {},
                        [&](const SqlRow& row) {
                            for (const int column : {0, 1}) {
                                const auto opened = wire::expand(row.blob(column), 1 << 20);
                                text += opened.ok() ? *opened : std::string{};
                            }
                            return true;
                        })
                .ok());
    return text;
}

bool has_canary(SealedTablet& tablet) {
    return readable(tablet).find(canary) != std::string::npos;
}

}  // namespace

TEST_CASE("an erased home is gone from the tablet that recorded it and from the one that pulled it",
          "[forget][I12]") {
    Quarter quarter;
    quarter.record(quarter.one);
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    REQUIRE(has_canary(quarter.one));
    REQUIRE(has_canary(quarter.two));
    quarter.erase();
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    CHECK_FALSE(has_canary(quarter.one));
    CHECK_FALSE(has_canary(quarter.two));
    // Who asks for more has it: the centre knows when everybody has.
    CHECK(retention_report(quarter.centre.endpoint.store(), {})->unconfirmed == 1);
    quarter.one.plan_visits();
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    quarter.one.sync_whole();
    CHECK(retention_report(quarter.centre.endpoint.store(), {})->unconfirmed == 0);
    const auto truth = quarter.centre.endpoint.store().dump_read_model(true);
    CHECK(*quarter.one.store->dump_read_model(true) == *truth);
    CHECK(*quarter.two.store->dump_read_model(true) == *truth);
    // Again from its records, and folded anew.
    quarter.one.lock();
    quarter.one.unlock();
    CHECK_FALSE(has_canary(quarter.one));
    REQUIRE(quarter.one.store->rebuild().ok());
    CHECK(*quarter.one.store->dump_read_model(true) == *truth);
}

TEST_CASE("a locked tablet drops what it cannot read, and forgets the rest when it is unlocked",
          "[forget][I12]") {
    Quarter quarter;
    quarter.record(quarter.one);
    quarter.one.sync_whole();
    quarter.two.lock();
    quarter.two.sync_whole();  // the home waits there, sealed
    quarter.one.lock();
    quarter.erase();
    const auto before = quarter.one.store->chain_at(5);
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    const auto sent = quarter.one.store->unsent(0, 1 << 20, 500);
    REQUIRE(sent.ok());
    REQUIRE(sent->size() == 1);
    CHECK(wire::is_forgotten(sent->front()));
    // The chain over it is what it was: after a restore the rest still follows.
    CHECK(wire::chain(Sha256{}, sent->front()) == *before);
    quarter.one.unlock_and_fold();
    quarter.two.unlock_and_fold();
    CHECK_FALSE(has_canary(quarter.one));
    CHECK_FALSE(has_canary(quarter.two));
    const auto truth = quarter.centre.endpoint.store().dump_read_model(true);
    CHECK(*quarter.one.store->dump_read_model(true) == *truth);
    CHECK(*quarter.two.store->dump_read_model(true) == *truth);
}

TEST_CASE("what a tablet recorded and had not sent is forgotten when it arrives, and then there too",
          "[forget][I12]") {
    Quarter quarter;
    quarter.record(quarter.one);
    quarter.one.sync_whole();
    auto late = quarter.home.facts.at(1);
    late.id = Uuid::random(quarter.centre.random);
    late.hybrid_clock = 0;
    std::get<QuestionnaireFinished>(late.payload).questionnaire = Uuid::random(quarter.centre.random);
    auto transaction = quarter.one.store->begin();
    REQUIRE(transaction->append({late}).ok());
    REQUIRE(transaction->commit().ok());
    quarter.erase();
    quarter.one.sync_whole();
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    CHECK_FALSE(has_canary(quarter.one));
    CHECK_FALSE(has_canary(quarter.two));
}
