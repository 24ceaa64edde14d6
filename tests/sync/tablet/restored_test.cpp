// An endpoint restored from an earlier backup, or made anew, and the tablets that meet it: what they hold
// comes back by itself.
#include <filesystem>

#include "sync/endpoint/erasure.h"
#include "sync/endpoint/parcels.h"
#include "sync/store/sql_values.h"
#include "sync/tablet/parcel_folder.h"
#include "sync/wire/codec.h"
#include "tests/sync/canary_home.h"
#include "tests/sync/tablet/backed_up_centre.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

Operation referral_of(SealedTablet& tablet, const Uuid& referral) {
    auto transaction = tablet.store->begin();
    REQUIRE(transaction.ok());
    auto kept = transaction->append({agreed_referral(tablet.random, referral)});
    REQUIRE(kept.ok());
    REQUIRE(transaction->commit().ok());
    return kept->front();
}

// About a home, and at the centre.
Operation record(SealedTablet& tablet, const Uuid& home, const std::string& says) {
    ReferralStateSet state;
    state.referral = Uuid::random(tablet.random);
    state.state = ReferralState::withdrawn;
    state.reason = says;
    Operation fact;
    fact.subject = home;
    fact.payload = state;
    auto transaction = tablet.store->begin();
    REQUIRE(transaction.ok());
    const auto kept = transaction->append({fact});
    REQUIRE((kept.ok() && transaction->commit().ok()));
    tablet.sync_whole();
    return kept->front();
}

std::string text_of_log(SealedTablet& tablet) {
    std::string text;
    const auto log = tablet.store->log();
    REQUIRE(log.ok());
    for (const auto& fact : *log)
        text += wire::encode(fact);
    return text;
}

constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;

std::int64_t envelopes(SealedTablet& tablet) {
    return count_rows(*tablet.sql, "sealed_envelope");
}

}  // namespace

TEST_CASE("yesterday's backup: what came since comes again by itself, and nothing is sent on unverified",
          "[restored]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 41);
    SealedTablet two(place, "tab-02", 42);
    one.enrol();
    two.enrol();
    const auto before = Uuid::random(place.random);
    const auto since = Uuid::random(place.random);
    const auto unsent = Uuid::random(place.random);
    const auto later = Uuid::random(place.random);
    one.plan_visits(2);
    referral_of(one, before);
    one.sync_whole();
    two.plan_visits(1);
    two.sync_whole();
    const auto backup = place.back_up();
    const auto epoch = *place.endpoint.store().epoch();

    one.plan_visits(2);
    referral_of(one, since);
    one.sync_whole();
    two.plan_visits(3);
    two.sync_whole();
    one.sync_whole();
    REQUIRE(one.store->log()->size() == 10);
    referral_of(one, unsent);
    const auto had = one.dump();
    // The places that tablets were given since are given to others now.
    const auto step = place.restore(backup);
    CHECK(step.parent == epoch);
    CHECK(step.parent_cut == 4);
    CHECK(place.outbox(before) == "verify");

    const bool locked = GENERATE(false, true);
    if (locked)
        one.lock();
    one.sync_whole();
    if (locked)
        one.unlock_and_fold();
    // Its own are there again; what only the other one can bring is here still, and to be confirmed.
    CHECK(one.dump() == had);
    CHECK(*one.store->provisional() == 3);
    CHECK(one.store->log()->size() == 11);
    two.sync_whole();
    one.sync_whole();
    CHECK(*one.store->provisional() == 0);
    CHECK(one.store->quarantined()->empty());
    CHECK(two.store->quarantined()->empty());
    CHECK(one.dump() == had);
    CHECK(two.dump() == had);
    place.is_dense(11);
    CHECK(place.outbox(since) == "verify");
    CHECK(place.outbox(unsent) == "verify");
    // Whatever is recorded from now on was never sent before.
    place.clock.advance_ms(60'000);
    referral_of(one, later);
    one.sync_whole();
    CHECK(place.outbox(later) == "waiting");
    CHECK(check_audit(*place.sql)->ok());
}

TEST_CASE("a restore after a restore: every tablet finds its place, whichever epoch it was in",
          "[restored]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 43);
    SealedTablet two(place, "tab-02", 44);
    one.enrol();
    two.enrol();
    one.plan_visits(2);
    one.sync_whole();
    two.sync_whole();
    const auto backup = place.back_up();
    one.plan_visits(1);
    one.sync_whole();
    place.restore(backup);
    one.plan_visits(1);
    one.sync_whole();
    const auto second = place.back_up();
    one.plan_visits(1);
    one.sync_whole();
    place.restore(second);
    two.plan_visits(2);  // it slept through both
    two.sync_whole();
    one.sync_whole();
    two.sync_whole();
    place.is_dense(7);
    CHECK(one.dump() == two.dump());
    CHECK(*one.store->provisional() == 0);
    CHECK(*two.store->provisional() == 0);
}

TEST_CASE("an endpoint made anew, and one restored from before the enrolment, get everything that no backup "
          "covers",
          "[restored]") {
    BackedUpCentre place;
    const auto nothing = place.back_up();
    SealedTablet one(place, "tab-01", 45);
    one.enrol();
    one.plan_visits(3);
    one.sync_whole();
    one.plan_visits(2);
    if (GENERATE(false, true))
        place.restore(nothing);
    else
        place.begin_anew();
    CHECK(one.sync()->state.what == SyncState::What::refused);
    place.is_dense(0);
    const auto had = one.dump();
    const auto made = place.endpoint.enrol("tab-01");
    REQUIRE(made.ok());
    one.identity.enrolment = made->enrolment;
    one.identity.seed = made->seed;
    CHECK(*one.store->enrol(one.identity) == 2);
    one.sync_whole();
    place.is_dense(5);
    CHECK(one.dump() == had);
}

TEST_CASE(
    "two tablets from one image: the second branch is kept aside and comes under an enrolment of its own",
    "[restored]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 46);
    one.enrol();
    one.plan_visits(2);
    one.sync_whole();
    one.close();
    const auto image = one.file() + ".image";
    std::filesystem::copy_file(one.file(), image);
    one.unlock();
    one.plan_visits(1);
    one.sync_whole();
    // The clone goes on from the image.
    one.close();
    std::filesystem::remove(one.file() + "-wal");
    std::filesystem::rename(image, one.file());
    one.unlock();
    one.random = SeededRandom(460);
    one.plan_visits(1);
    CHECK(one.sync()->state.what == SyncState::What::refused);
    const auto made = place.endpoint.enrol("tab-02");
    REQUIRE(made.ok());
    one.identity.enrolment = made->enrolment;
    one.identity.seed = made->seed;
    CHECK(*one.store->enrol(one.identity) == 1);
    one.sync_whole();
    CHECK(count_rows(*place.sql, "operation") == 4);
    CHECK(one.store->log()->size() == 4);
}

TEST_CASE("an envelope goes when it was acknowledged 14 days ago and a backup covers it, not sooner",
          "[restored][purge]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 47);
    one.enrol();
    for (int i = 0; i < 4; ++i)
        one.plan_visits(1);
    one.sync_whole();
    CHECK(one.store->position()->durable_through == 0);
    CHECK(one.sync()->state.not_backed_up == 4);
    place.clock.advance_ms(20 * day_ms);
    one.sync_whole();
    CHECK(envelopes(one) == 4);  // no backup yet
    const bool locked = GENERATE(false, true);
    if (locked)
        one.lock();
    REQUIRE(place.sql->run("update tablet set durable_seq = 3").ok());
    one.sync_whole();
    CHECK(one.store->position()->durable_through == 3);
    CHECK(one.sync()->state.not_backed_up == 1);
    CHECK(envelopes(one) == 1);
    // What came today waits its 14 days, and the chain goes on from the one that stays.
    if (locked)
        one.unlock();
    one.plan_visits(1);
    one.sync_whole();
    REQUIRE(place.sql->run("update tablet set durable_seq = 5").ok());
    one.sync_whole();
    CHECK(envelopes(one) == 1);
    one.plan_visits(1);
    one.sync_whole();
    CHECK(envelopes(one) == 2);
    place.clock.advance_ms(13 * day_ms);
    one.sync_whole();
    CHECK(envelopes(one) == 2);
    place.clock.advance_ms(2 * day_ms);
    one.sync_whole();
    CHECK(envelopes(one) == 1);
    CHECK(count_rows(*place.sql, "operation") == 6);
    CHECK(one.store->log()->size() == 6);
    CHECK(place.endpoint.store().quarantined()->empty());
}

TEST_CASE("a home that is forgotten is forgotten where a fact of it is provisional, too",
          "[restored][forget]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 48);
    SealedTablet two(place, "tab-02", 49);
    SealedTablet three(place, "tab-03", 52);
    one.enrol();
    two.enrol();
    three.enrol();
    const auto home = Uuid::random(place.random);
    const auto other = Uuid::random(place.random);
    record(three, home, "FIRST");
    const auto backup = place.back_up();
    record(two, home, "SECOND");
    record(two, other, "OTHER");
    one.sync_whole();
    // The second tablet is lost, and with the restore what it alone had brought.
    place.restore(backup);
    one.sync_whole();
    REQUIRE(*one.store->provisional() == 2);
    place.clock.advance_ms(60'000);
    TemporaryFolder folder;
    const ErasureList list(folder / "erasures.list");
    const auto by = place.endpoint.forgetting(list);
    REQUIRE(by.ok());
    REQUIRE(erase_subject(*by, home).ok());
    // Where all is pulled anew, what the order names comes before it, bare.
    const auto stands = *one.store->position();
    const bool anew = GENERATE(false, true);
    if (anew)
        REQUIRE(one.store->rewind(*stands.epoch, stands.acked_through, 0).ok());
    one.sync_whole();
    const auto text = text_of_log(one);
    CHECK(text.find("FIRST") == std::string::npos);
    CHECK(text.find("SECOND") == std::string::npos);
    CHECK(text.find("OTHER") != std::string::npos);
    CHECK(*one.store->provisional() == 2);
}

TEST_CASE("an order that is told late takes what is provisional of its home as far as it was given, and what "
          "ran out takes what it names",
          "[restored][forget]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 53);
    SealedTablet two(place, "tab-02", 54);
    SealedTablet three(place, "tab-03", 55);
    one.enrol();
    two.enrol();
    three.enrol();
    const auto home = Uuid::random(place.random);
    const auto first = record(three, home, "FIRST");
    const auto backup = place.back_up();
    const auto second = record(two, home, "SECOND");
    place.clock.advance_ms(60'000);
    record(two, home, "SINCE");
    // Of a clock that was fast.
    const auto fast = record(two, home, "FAST");
    Operation corrected;
    corrected.subject = two.identity.enrolment;
    corrected.payload = ClockCorrected{two.identity.enrolment,
                                       {{fast.id, second.at_ms, Day::of(2013, 6, 8), second.hybrid_clock}}};
    auto correcting = place.endpoint.store().begin();
    REQUIRE((correcting.ok() && correcting->append({corrected}).ok() && correcting->commit().ok()));
    one.sync_whole();
    place.restore(backup);
    one.sync_whole();
    REQUIRE(*one.store->provisional() == 4);
    const bool ran_out = GENERATE(false, true);
    Operation told;
    told.subject = Uuid::random(place.random);
    told.payload = RecordsErased{told.subject, {first.id}, ran_out ? 0 : second.hybrid_clock};
    auto centre = place.endpoint.store().begin();
    REQUIRE((centre.ok() && centre->append({told}).ok() && centre->commit().ok()));
    one.sync_whole();
    const auto text = text_of_log(one);
    CHECK(text.find("FIRST") == std::string::npos);
    CHECK((text.find("SECOND") != std::string::npos) == ran_out);
    CHECK((text.find("FAST") != std::string::npos) == ran_out);
    CHECK(text.find("SINCE") != std::string::npos);
}

TEST_CASE("an order to forget that is told again after a restore takes nothing that came after it",
          "[restored][forget]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 50);
    SealedTablet two(place, "tab-02", 51);
    one.enrol();
    two.enrol();
    const CanaryHome home(place.random, Uuid::random(place.random), Day::of(2013, 6, 8),
                          place.clock.now_ms());
    auto transaction = one.store->begin();
    REQUIRE((transaction.ok() && transaction->append({home.facts.at(0), home.facts.at(3)}).ok() &&
             transaction->commit().ok()));
    one.sync_whole();
    const auto backup = place.back_up();
    place.clock.advance_ms(60'000);
    TemporaryFolder folder;
    const ErasureList list(folder / "erasures.list");
    const auto forgotten = erase_subject(*place.endpoint.forgetting(list), home.home);
    REQUIRE(forgotten.ok());
    // An agency's word on what is left of the referral: the order stands where its home stood.
    ReferralStateSet accepted;
    accepted.referral = std::get<ReferralRaised>(home.facts.at(3).payload).referral;
    accepted.state = ReferralState::accepted;
    accepted.reason = "SINCE";
    Operation answer;
    answer.subject = forgotten->order;
    answer.payload = accepted;
    auto centre = place.endpoint.store().begin();
    REQUIRE((centre.ok() && centre->append({answer}).ok() && centre->commit().ok()));
    two.sync_whole();
    // The answer and the first telling of the order are lost with what was not backed up.
    place.restore(backup);
    place.clock.advance_ms(60'000);
    REQUIRE(*reapply_erasures(*place.endpoint.forgetting(list)) == 1);
    two.sync_whole();
    REQUIRE(*two.store->provisional() == 2);
    const auto check_orders = [&] {
        const auto log = two.store->log();
        REQUIRE(log.ok());
        for (const auto& fact : *log)
            if (const auto* order = std::get_if<RecordsErased>(&fact.payload))
                CHECK(fact.subject == order->order);
        const auto text = text_of_log(two);
        CHECK(text.find(canary) == std::string::npos);
        return text.find("SINCE") != std::string::npos;
    };
    CHECK(check_orders());
    // What is left is of nobody: it is no home that could be forgotten once more.
    const auto once_more = erase_subject(*place.endpoint.forgetting(list), forgotten->order);
    REQUIRE_FALSE(once_more.ok());
    CHECK(once_more.error().fault == Fault::not_found);
    two.sync_whole();
    CHECK(check_orders());
}

TEST_CASE("what was published after the backup that was restored goes from the tablets",
          "[restored][parcels]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 47);
    one.enrol();
    one.sync_whole();
    const auto backup = place.back_up();
    REQUIRE(place.endpoint.publish({{wire::ParcelKind::addresses, "BE", "14 Mill Lane", {}, {}}}).ok());
    TemporaryFolder folder;
    ParcelFolder parcels(folder / "published", place.endpoint.keys()->signing.public_key);
    DirectClient http(place, one.identity);
    const auto sync = [&] {
        const auto outcome = sync_now(
            *one.store, http, place.clock, one.random, [&](std::int64_t ms) { place.clock.advance_ms(ms); },
            6, {}, &parcels);
        REQUIRE(outcome.ok());
        CHECK(outcome->up_to_date);
    };
    sync();
    REQUIRE(parcels.parcels().size() == 1);
    place.restore(backup);
    sync();
    CHECK(parcels.parcels().empty());
}

TEST_CASE("the heads of the endpoint's audit stay on a tablet, locked or not, the newest hundred",
          "[restored][audit]") {
    BackedUpCentre place;
    SealedTablet one(place, "tab-01", 48);
    one.enrol();
    one.lock();
    for (int i = 0; i < 120; ++i) {
        REQUIRE(place.endpoint.note({"operator anna", "report", "", ""}).ok());
        one.sync_whole();
        one.sync_whole();  // the same again is no other
    }
    const auto& key = place.endpoint.keys()->signing.public_key;
    for (const bool locked : {true, false}) {
        if (!locked)
            one.unlock();
        const auto heads = one.store->audit_heads();
        REQUIRE(heads.ok());
        REQUIRE(heads->size() == 100);
        CHECK(heads->back().number == 121);
        CHECK(heads->front().number == 22);
        CHECK(check_audit(*place.sql, *heads, key)->heads_matched == 100);
    }
    // Cut off so that the endpoint's own chain is whole.
    REQUIRE(
        place.sql
            ->script("drop trigger audit_entry_undeleted; delete from audit_entry where number > 60; update "
                     "audit_head set number = 60, hash = (select hash from audit_entry where number = 60)")
            .ok());
    CHECK(check_audit(*place.sql)->ok());
    CHECK_FALSE(check_audit(*place.sql, *one.store->audit_heads(), key)->ok());
}
