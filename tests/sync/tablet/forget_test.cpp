// A home that the centre forgets is forgotten by every tablet, locked or not.
#include "sync/endpoint/erasure.h"
#include "sync/store/erase.h"
#include "sync/store/sql_values.h"
#include "sync/store/walks.h"
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
        // How an agency says that the referral stands is no tablet's to say.
        std::get<ReferralStateSet>(home.facts.back().payload).state = ReferralState::withdrawn;
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

namespace {

// What it asks reaches the centre; of what it pushed it hears nothing.
SyncOutcome sync_without_acknowledgements(Quarter& quarter, SealedTablet& tablet) {
    DirectClient http(quarter.centre, tablet.identity);
    bool pushed = false;
    http.on_the_way = [&](HttpRequest& request) { pushed = request.path == "/v1/push"; };
    http.on_the_way_back = [&](HttpReply reply) {
        return pushed ? Result<HttpReply>(Error{Fault::unreachable, "cut off", ""})
                      : Result<HttpReply>(std::move(reply));
    };
    const auto outcome = tablet.sync(http);
    REQUIRE(outcome.ok());
    return *outcome;
}

}  // namespace

TEST_CASE("an order that is pulled before the acknowledgement of what it is about takes the envelope once "
          "that comes",
          "[forget][I12]") {
    Quarter quarter;
    quarter.record(quarter.one);
    const bool acknowledged_locked = GENERATE(false, true);
    CHECK_FALSE(sync_without_acknowledgements(quarter, quarter.one).up_to_date);
    REQUIRE(quarter.one.store->position()->acked_through == 0);
    quarter.erase();
    CHECK_FALSE(sync_without_acknowledgements(quarter, quarter.one).up_to_date);
    REQUIRE(quarter.one.store->position()->acked_through == 0);
    // It might be needed until then.
    const auto kept = quarter.one.store->unsent(0, 1 << 20, 500);
    REQUIRE(kept.ok());
    REQUIRE(kept->size() == 1);
    CHECK_FALSE(wire::is_forgotten(kept->front()));
    if (acknowledged_locked)
        quarter.one.lock();
    quarter.one.sync_whole();
    CHECK(quarter.one.store->position()->acked_through == quarter.one.store->position()->last_sequence);
    if (acknowledged_locked)
        quarter.one.unlock_and_fold();
    const auto left = quarter.one.store->unsent(0, 1 << 20, 500);
    REQUIRE(left.ok());
    REQUIRE(left->size() == 1);
    CHECK(wire::is_forgotten(left->front()));
    CHECK_FALSE(has_canary(quarter.one));
    quarter.one.lock();
    quarter.one.unlock();
    CHECK_FALSE(has_canary(quarter.one));
}

TEST_CASE("an order to forget that a tablet made itself is obeyed by no other one, locked or not",
          "[forget][evil]") {
    Quarter quarter;
    quarter.record(quarter.one);
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    const bool locked = GENERATE(false, true);
    if (locked)
        quarter.one.lock();
    std::vector<Uuid> ids;
    for (const auto& fact : quarter.home.facts)
        ids.push_back(fact.id);
    Operation order;
    order.subject = Uuid::random(quarter.centre.random);
    order.payload = RecordsErased{order.subject, ids, {}};
    auto transaction = quarter.two.store->begin();
    REQUIRE(transaction.ok());
    REQUIRE(transaction->append({order}).ok());
    REQUIRE(transaction->commit().ok());
    quarter.two.sync_whole();
    quarter.one.sync_whole();
    if (locked)
        quarter.one.unlock_and_fold();
    CHECK(has_canary(quarter.one));
    CHECK(has_canary(quarter.two));
    CHECK(count_rows(*quarter.centre.sql, "erased_operation") == 0);
    CHECK(quarter.two.store->quarantined()->size() == 1);
}

TEST_CASE("what an earlier enrolment had sent goes with the home too", "[forget][enrolled-again][I12]") {
    Quarter quarter;
    auto& one = quarter.one;
    quarter.record(one);
    one.sync_whole();
    // A part of it was let go, so that the envelope stays behind under the enrolment that it was sent with.
    auto letting_go = one.store->begin();
    REQUIRE(letting_go.ok());
    REQUIRE(note_shortened(letting_go->sql(), quarter.home.facts.front().id, Shortened::here).ok());
    REQUIRE(letting_go->commit().ok());
    const auto made = quarter.centre.endpoint.enrol("tab-01");
    REQUIRE(made.ok());
    one.identity.enrolment = made->enrolment;
    one.identity.seed = made->seed;
    REQUIRE(one.store->enrol(one.identity).ok());
    one.plan_visits(1);
    one.sync_whole();
    const std::string older = "(select * from envelope e join sync_state s on e.enrolment <> s.enrolment)";
    REQUIRE(count_rows(*one.sql, older) > 0);
    REQUIRE(has_canary(one));
    SECTION("while it is open") {
        quarter.erase();
        one.sync_whole();
    }
    SECTION("while it is locked") {
        one.lock();
        quarter.erase();
        one.sync_whole();
        one.unlock_and_fold();
    }
    CHECK_FALSE(has_canary(one));
    CHECK(count_rows(*one.sql, older) > 0);
    one.plan_visits(1);
    one.sync_whole();
}

namespace {

// The home of the quarter between two others, on a walk to come.
void walk(SealedTablet& tablet, const Uuid& home) {
    std::vector<WalkDoor> doors;
    for (const auto& household : {Uuid::random(tablet.random), home, Uuid::random(tablet.random)})
        doors.push_back({household, "BE", "BE-001", {"14", "", "Mill Lane", "WD6 9OV", {}}});
    REQUIRE(Walks(*tablet.store).keep(Uuid::random(tablet.random), doors).ok());
}

std::int64_t doors_at(SealedTablet& tablet, const Uuid& home) {
    std::int64_t found = 0;
    REQUIRE(tablet.sql
                ->query("select count(*) from walk_door where household = :home", {{"home", sql_value(home)}},
                        [&](const SqlRow& row) {
                            found = row.integer(0);
                            return false;
                        })
                .ok());
    return found;
}

}  // namespace

TEST_CASE("a home that is forgotten leaves the walks, also where its facts come bare before the order",
          "[forget][walk]") {
    Quarter quarter;
    quarter.record(quarter.one);
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    walk(quarter.two, quarter.home.home);
    const bool anew = GENERATE(false, true);
    if (anew) {
        const auto stands = *quarter.two.store->position();
        REQUIRE(quarter.two.store->rewind(*stands.epoch, stands.acked_through, 0).ok());
    }
    quarter.erase();
    quarter.two.sync_whole();
    CHECK(doors_at(quarter.two, quarter.home.home) == 0);
    CHECK(count_rows(*quarter.two.sql, "walk_door") == 2);
}

TEST_CASE("what runs out leaves a home on the walk of today", "[forget][walk]") {
    Quarter quarter;
    quarter.record(quarter.one);
    quarter.one.sync_whole();
    quarter.two.sync_whole();
    walk(quarter.two, quarter.home.home);
    quarter.centre.clock.advance_ms(std::int64_t{2} * 366 * 24 * 3'600'000);
    const auto by = quarter.centre.endpoint.forgetting(quarter.list);
    REQUIRE(by.ok());
    const auto ran_out = run_retention(*by, {});
    REQUIRE(ran_out.ok());
    REQUIRE(*ran_out > 0);
    quarter.two.sync_whole();
    CHECK(doors_at(quarter.two, quarter.home.home) == 1);
    CHECK(count_rows(*quarter.two.sql, "walk_door") == 3);
}
