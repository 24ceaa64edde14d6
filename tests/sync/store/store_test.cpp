// A tablet's store: its sequences, its envelopes, its enrolment.
#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

TabletIdentity an_identity(Random& random) {
    return {Uuid::random(random), "tab-01", "http://127.0.0.1:8080", std::string(64, 'a'),
            std::string(32, '\x80')};
}

wire::PushReply reply_for(Rig& rig, const Uuid& epoch, Sequence acked) {
    return {epoch, acked, rig.store->chain_at(acked).value(), 0, {}, rig.clock.now_ms()};
}

}  // namespace

TEST_CASE("what was committed is there after reopening, and what was rolled back is not", "[store]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    const auto kept = rig.append({a_visit(rig.random)});
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].sequence == 1);
    CHECK_FALSE(kept[0].id.is_nil());
    CHECK(kept[0].at_ms == rig.clock.now_ms());
    {
        auto transaction = rig.store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(transaction->append({a_visit(rig.random), a_visit(rig.random)}).ok());
        CHECK(rig.store->log()->size() == 3);
    }
    const auto dump = rig.dump();
    rig.open();
    CHECK(rig.store->log().value() == kept);
    CHECK(rig.dump() == dump);
    CHECK(rig.store->position()->last_sequence == 1);
    CHECK(rig.append({a_visit(rig.random)})[0].sequence == 2);
}

TEST_CASE("hybrid clock readings rise across a restart and a clock set back", "[store]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    const auto first = rig.append({a_visit(rig.random)})[0].hybrid_clock;
    rig.clock.set_ms(1'000);
    rig.open();
    CHECK(rig.append({a_visit(rig.random)})[0].hybrid_clock > first);
}

TEST_CASE("a fact carries the offset in force when it was made", "[store]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    rig.clock = ManualClock(1'774'997'400'000, 60);
    const auto kept = rig.append({a_visit(rig.random)});
    CHECK(kept[0].utc_offset_minutes == 60);
    CHECK(Day::at(kept[0].at_ms, kept[0].utc_offset_minutes).text() == "2026-03-31");
}

TEST_CASE("each append is one envelope, and they chain", "[store]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    const auto first = rig.append({a_visit(rig.random), a_visit(rig.random)});
    rig.append({a_visit(rig.random)});
    rig.open();
    rig.append({a_visit(rig.random), a_visit(rig.random), a_visit(rig.random)});
    const auto envelopes = rig.store->unsent(0, 1'000'000, 500).value();
    REQUIRE(envelopes.size() == 3);
    auto chain = Sha256{};
    Sequence next = 1;
    for (const auto& envelope : envelopes) {
        CHECK(envelope.first_sequence == next);
        chain = wire::chain(chain, envelope);
        CHECK(rig.store->chain_at(envelope.last_sequence()).value() == chain);
        next += envelope.count;
        REQUIRE(wire::open_envelope(envelope).ok());
    }
    CHECK(wire::open_envelope(envelopes[0])->at(1).operation == first[1]);
    CHECK(rig.store->chain_at(0).value() == Sha256{});
    CHECK(rig.store->chain_at(1).error().fault == Fault::not_found);
}

TEST_CASE("unsent envelopes come in order, bounded, and at least one", "[store]") {
    Rig rig(":memory:");
    for (int i = 0; i < 5; ++i)
        rig.append({a_visit(rig.random), a_visit(rig.random)});
    const auto size = rig.store->unsent(0, 1, 1)->at(0).body.size();
    CHECK(rig.store->unsent(0, 1, 1)->size() == 1);
    CHECK(rig.store->unsent(0, size * 2 + size / 2, 500)->size() == 2);
    CHECK(rig.store->unsent(0, 1'000'000, 7)->size() == 3);
    CHECK(rig.store->unsent(4, 1'000'000, 500)->front().first_sequence == 5);
    CHECK(rig.store->unsent(10, 1'000'000, 500)->empty());
}

TEST_CASE("an acknowledgement is believed only with our own chain, and never goes back", "[store]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    rig.append({a_visit(rig.random), a_visit(rig.random)});
    rig.append({a_visit(rig.random)});
    const auto epoch = Uuid::random(rig.random);
    auto reply = reply_for(rig, epoch, 3);
    reply.quarantined = {{Uuid::random(rig.random), 2, "payload.day is missing."}};
    auto lie = reply;
    lie.chain = Sha256::of("portal");
    CHECK(rig.store->acknowledge(lie).error().fault == Fault::conflict);
    lie = reply;
    lie.acked_through = 1;
    CHECK(rig.store->acknowledge(lie).error().fault == Fault::conflict);
    lie.acked_through = 4;
    CHECK(rig.store->acknowledge(lie).error().fault == Fault::conflict);
    CHECK(rig.store->position()->acked_through == 0);
    CHECK_FALSE(rig.store->position()->epoch);

    REQUIRE(rig.store->acknowledge(reply).ok());
    REQUIRE(rig.store->acknowledge(reply).ok());
    REQUIRE(rig.store->acknowledge(reply_for(rig, epoch, 2)).ok());
    rig.open();
    const auto position = rig.store->position().value();
    CHECK(position.acked_through == 3);
    CHECK(position.acked_chain == reply.chain);
    CHECK(position.epoch == epoch);
    CHECK(position.last_sync_ms == rig.clock.now_ms());
    CHECK(rig.store->quarantined().value() == reply.quarantined);
    CHECK(rig.store->acknowledge(reply_for(rig, Uuid::random(rig.random), 3)).error().fault ==
          Fault::conflict);
    // Kept until a backup covers them.
    CHECK(rig.store->unsent(0, 1'000'000, 500)->size() == 2);
}

TEST_CASE("facts from before the enrolment go out under it", "[store]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    CHECK_FALSE(rig.store->identity().value());
    rig.append({a_visit(rig.random)});
    const auto identity = an_identity(rig.random);
    REQUIRE(rig.store->enrol(identity).ok());
    rig.append({a_visit(rig.random)});
    rig.open();
    const auto kept = rig.store->identity().value();
    REQUIRE(kept);
    CHECK(kept->enrolment == identity.enrolment);
    CHECK(kept->tablet == "tab-01");
    CHECK(kept->endpoint == identity.endpoint);
    CHECK(kept->seed == identity.seed);
    CHECK(kept->safeguarding_key == identity.safeguarding_key);
    const auto envelopes = rig.store->unsent(0, 1'000'000, 500).value();
    REQUIRE(envelopes.size() == 2);
    CHECK(rig.store->chain_at(identity.enrolment, 2).value() ==
          wire::chain(wire::chain(Sha256{}, envelopes[0]), envelopes[1]));
}

TEST_CASE(
    "another enrolment begins at 1 and takes along what was recorded under the one before, covered or not",
    "[store]") {
    Rig rig(":memory:");
    auto identity = an_identity(rig.random);
    REQUIRE(rig.store->enrol(identity).ok());
    rig.append({a_visit(rig.random)});
    identity.tablet = "tab-02";
    CHECK(*rig.store->enrol(identity) == 0);
    CHECK(rig.store->identity().value()->tablet == "tab-02");
    CHECK(rig.store->position()->last_sequence == 1);
    auto covered = reply_for(rig, Uuid::random(rig.random), 1);
    covered.durable_through = 1;
    REQUIRE(rig.store->acknowledge(covered).ok());
    const auto both = rig.append({a_visit(rig.random), a_visit(rig.random)});
    const auto third = rig.append({a_visit(rig.random)});
    const auto before = rig.dump();
    identity.enrolment = Uuid::random(rig.random);
    CHECK(*rig.store->enrol(identity) == 3);  // that were not sent yet
    CHECK(rig.dump() == before);
    const auto envelopes = rig.store->unsent(0, 1'000'000, 500).value();
    REQUIRE(envelopes.size() == 3);
    CHECK(envelopes[0].count == 1);
    CHECK(envelopes[1].count == 2);
    CHECK(envelopes[2].first_sequence == 4);
    CHECK(rig.store->chain_at(identity.enrolment, 4).value() ==
          wire::chain(wire::chain(wire::chain(Sha256{}, envelopes[0]), envelopes[1]), envelopes[2]));
    CHECK(wire::open_envelope(envelopes[1])->at(1).operation->id == both[1].id);
    CHECK(wire::open_envelope(envelopes[2])->at(0).operation->id == third[0].id);
    CHECK(rig.append({a_visit(rig.random)})[0].sequence == 5);
    CHECK(rig.store->log()->size() == 5);
    REQUIRE(rig.store->rebuild().ok());
    identity.enrolment = Uuid{};
    CHECK_FALSE(rig.store->enrol(identity).ok());
}

TEST_CASE("facts for one centre do not go to another", "[store]") {
    Rig rig(":memory:");
    auto identity = an_identity(rig.random);
    identity.safeguarding_key = std::string(32, 's');
    REQUIRE(rig.store->enrol(identity).ok());
    rig.append({a_visit(rig.random)});
    auto other = an_identity(rig.random);
    other.endpoint = "https://elsewhere:8443";
    other.safeguarding_key = std::string(32, 'o');
    const auto refused = rig.store->enrol(other);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::conflict);
    CHECK(rig.store->identity().value()->enrolment == identity.enrolment);
    CHECK(rig.store->unsent(0, 1'000'000, 500)->size() == 1);
    REQUIRE(rig.store->acknowledge(reply_for(rig, Uuid::random(rig.random), 1)).ok());
    CHECK(*rig.store->enrol(other) == 0);
}
