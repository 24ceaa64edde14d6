// What a backup covered and an older one that is restored does not hold: a tablet that is enrolled again
// brings all of it, and a centre that has it changes nothing.
#include "sync/store/sql_values.h"
#include "tests/sync/tablet/backed_up_centre.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::int64_t fifteen_days_ms = std::int64_t{15} * 24 * 3600 * 1000;

void raise_referral(SealedTablet& tablet, const Uuid& referral) {
    auto transaction = tablet.store->begin();
    REQUIRE(transaction.ok());
    REQUIRE(transaction->append({agreed_referral(tablet.random, referral)}).ok());
    REQUIRE(transaction->commit().ok());
}

std::int64_t envelopes_of(SealedTablet& tablet) {
    return count_rows(*tablet.sql, "sealed_envelope");
}

// A new ticket of that centre, taken over: how many were not sent yet.
std::int64_t enrol_as(Centre& centre, SealedTablet& tablet, const std::string& name) {
    const auto made = centre.endpoint.enrol(name);
    REQUIRE(made.ok());
    tablet.identity.enrolment = made->enrolment;
    tablet.identity.seed = made->seed;
    tablet.identity.tablet = name;
    const auto unsent = tablet.store->enrol(tablet.identity);
    INFO((unsent.ok() ? "" : unsent.error().text()));
    REQUIRE(unsent.ok());
    return *unsent;
}

}  // namespace

TEST_CASE("a backup covered it, an older one is restored: enrolled again a tablet brings all of it once more",
          "[restored]") {
    BackedUpCentre place;
    const auto yesterday = place.back_up();
    SealedTablet one(place, "tab-01", 53);
    one.enrol();
    const auto referral = Uuid::random(place.random);
    for (int i = 0; i < 3; ++i)
        one.plan_visits(i == 0 ? 9 : 10);
    raise_referral(one, referral);
    one.sync_whole();
    // On another disk of the machine that burns.
    REQUIRE(place.sql->run("update tablet set durable_seq = 30").ok());
    one.sync_whole();
    REQUIRE(one.store->position()->durable_through == 30);
    // With their envelopes gone, too: the facts stand in the log alone, and are more than one push may hold.
    const bool purged = GENERATE(false, true);
    int facts = 30;
    if (purged) {
        for (; facts < 630; facts += 100)
            one.plan_visits(100);
        one.sync_whole();
        REQUIRE(place.sql->run("update tablet set durable_seq = acked_seq").ok());
        one.sync_whole();
        place.clock.advance_ms(fifteen_days_ms);
        one.plan_visits(1);
        ++facts;
        one.sync_whole();
        one.sync_whole();  // with everything sent they go
        REQUIRE(envelopes_of(one) <= 2);
    }
    place.restore(yesterday);
    CHECK(one.sync()->state.what == SyncState::What::refused);
    const auto had = one.dump();
    CHECK(enrol_as(place, one, "tab-01") == 0);  // nothing of it was unsent
    const bool locked = GENERATE(false, true);
    if (locked)
        one.lock();
    one.sync_whole();
    place.is_dense(facts);
    CHECK(place.outbox(referral) == "verify");  // the centre that burned may have sent it on
    if (locked)
        one.unlock_and_fold();
    CHECK(one.dump() == had);
    CHECK(one.store->log()->size() == static_cast<std::size_t>(facts));
    CHECK(one.store->position()->last_sequence == static_cast<Sequence>(facts));
}

TEST_CASE("enrolled again with a centre that has everything, a tablet changes nothing there", "[restored]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 54);
    SealedTablet two(place, "tab-02", 55);
    one.enrol();
    two.enrol();
    const auto referral = Uuid::random(place.random);
    // One that was restored once asks of a new enrolment what it may have sent on before; of what it has
    // it knows that.
    if (GENERATE(false, true))
        place.restore(place.back_up());
    place.clock.advance_ms(60'000);  // what is older than that is asked for by its time
    one.plan_visits(3);
    one.sync_whole();
    raise_referral(one, referral);
    one.sync_whole();
    two.sync_whole();
    REQUIRE(place.outbox(referral) == "waiting");
    REQUIRE(place.sql->run("update tablet set durable_seq = acked_seq").ok());
    one.sync_whole();
    const auto cursor = *place.endpoint.store().cursor_max();
    const auto read = *place.endpoint.store().dump_read_model();
    const auto had = one.dump();
    CHECK(enrol_as(place, one, "tab-03") == 0);
    one.sync_whole();
    two.sync_whole();
    place.is_dense(4);
    CHECK(*place.endpoint.store().cursor_max() == cursor);
    CHECK(*place.endpoint.store().dump_read_model() == read);
    CHECK(count_rows(*place.sql, "outbox") == 1);
    CHECK(place.outbox(referral) == "waiting");
    CHECK(one.dump() == had);
    CHECK(two.dump() == had);
    CHECK(one.store->log()->size() == 4);
    CHECK(two.store->log()->size() == 4);
    CHECK(envelopes_of(one) == 2);  // of before none is left
}
