// An agency moves: what was handed over at its old place is not asked for, nor taken back, at the new one.
#include "sync/agencies/alarms.h"
#include "sync/agencies/referral_list.h"
#include "sync/agencies/restored.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

void move_away(Rig& rig) {
    LineWish wish;
    wish.agency = "fire";
    wish.url = "https://new.example/in";
    rig.set(wish);
}

}  // namespace

TEST_CASE("what may be at the old place of an agency is left to a person", "[other_way]") {
    const TemporaryFolder folder;
    Rig rig;
    rig.webhook("fire");
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::done_then_cut; };
    const auto referral = rig.refer("fire");
    rig.work();
    REQUIRE(rig.state(referral) == "unknown");
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::well; };
    SECTION("another address") {
        move_away(rig);
    }
    SECTION("a folder") {
        rig.folder("fire", folder.path());
    }
    SECTION("an inbox") {
        rig.inbox("fire");
    }
    rig.work_for(3 * hour_ms);
    CHECK(rig.state(referral) == "unknown");
    CHECK(rig.row(referral).attempt == 1);
    CHECK(rig.row(referral).problem.find("another way") != std::string::npos);
    bool alarmed = false;
    for (const auto& alarm : must(agency_alarms(*rig.sql, rig.clock)))
        alarmed = alarmed || (alarm.referral == referral && alarm.kind == "unknown");
    CHECK(alarmed);
    // What is new goes the new way, and the old one where a person says so.
    const auto fresh = rig.refer("fire");
    must(resend_referral(*rig.sql, rig.clock, referral));
    rig.work();
    CHECK(rig.state(fresh) == "sent");
    CHECK(rig.state(referral) == "sent");
}

TEST_CASE("an agency that moves back is asked for what it may have", "[other_way]") {
    Rig rig;
    rig.webhook("fire");
    rig.stubs["fire"].does = [](const HttpRequest& request) {
        return request.method == "POST" ? AgencyDoes::done_then_cut : AgencyDoes::well;
    };
    const auto referral = rig.refer("fire");
    rig.work();
    move_away(rig);
    rig.work_for(hour_ms);
    rig.webhook("fire");
    rig.work_for(hour_ms);
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("what the old place holds is no difference at the new one", "[other_way]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    rig.work();
    REQUIRE(rig.state(referral) == "sent");
    move_away(rig);
    rig.work_for(6 * hour_ms, 600'000);
    CHECK(rig.text("select count(*) from agency_difference") == "0");
    CHECK(rig.stubs["new"].seen.empty());
}

TEST_CASE("a withdrawal is told where the referral is, or by a person", "[other_way]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    rig.work();
    rig.inbox("fire");
    rig.withdraw_on_tablet(referral);
    rig.work_for(hour_ms);
    CHECK(rig.row(referral).withdrawal == "person");
    CHECK(rig.stubs["fire"].withdrawals[referral] == 0);
}

TEST_CASE("the journal of the other disk tells by which way a referral left before a restore",
          "[other_way]") {
    const TemporaryFolder folder;
    const auto file = folder.path() + "/send.journal";
    Rig rig;
    rig.webhook("fire");
    auto journal = must(JournalFile::open(file));
    const auto waits = rig.refer("fire");
    const auto way = way_of(*must(agency_line(*rig.sql, "fire")));
    CHECK(way.find("example") == std::string::npos);
    must(journal.append({waits, "fire", 1, rig.clock.now_ms(), way}));
    // One that the database of the backup had not heard of yet.
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto later = rig.raised(contact, "fire");
    must(journal.append({later.referral, "fire", 1, rig.clock.now_ms(), way}));
    auto transaction = must(rig.store().begin());
    must(verify_before_send(transaction.sql(), rig.clock, must(read_journal_file(file))));
    must(transaction.commit());
    rig.arrive({rig.fact(contact), rig.fact(later)});
    CHECK(rig.state(later.referral) == "verify");
    CHECK(rig.row(later.referral).attempt == 1);
    move_away(rig);
    rig.work_for(2 * hour_ms);
    for (const auto& each : {waits, later.referral}) {
        CHECK(rig.state(each) == "unknown");
        CHECK(rig.stubs["new"].effects_of(each) == 0);
    }
}
