#include "sync/agencies/alarms.h"

#include <algorithm>
#include <limits>

#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::vector<std::string> kinds(Rig& rig, const Uuid& referral) {
    std::vector<std::string> found;
    for (const auto& alarm : must(agency_alarms(*rig.sql, rig.clock)))
        if (alarm.referral == referral) {
            found.push_back(alarm.kind);
            CHECK_FALSE(words_of(alarm).empty());
        }
    return found;
}

using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("what was raised and not received alarms after the agency's hours, the urgent after one",
          "[alarms]") {
    Rig rig;
    rig.webhook("fire");
    const auto routine = rig.refer("fire");
    const auto urgent = rig.refer("fire", "today");
    const auto answered = rig.refer("fire", "today");
    rig.work();
    REQUIRE(rig.answer(answered, "fire", "received").ok());
    rig.clock.advance_ms(hour_ms - 1);
    CHECK(must(agency_alarms(*rig.sql, rig.clock)).empty());
    rig.clock.advance_ms(1);
    CHECK(kinds(rig, urgent) == Kinds{"not_received"});
    CHECK(kinds(rig, answered).empty());
    rig.clock.advance_ms(23 * hour_ms);
    CHECK(kinds(rig, routine) == Kinds{"not_received"});
    LineWish slower;
    slower.agency = "fire";
    slower.alarm_hours = "72";
    rig.set(slower);
    CHECK(kinds(rig, routine).empty());
    CHECK(kinds(rig, urgent) == Kinds{"not_received"});
}

TEST_CASE("everything that only a person can mend alarms", "[alarms]") {
    Rig rig;
    rig.webhook("fire");
    rig.webhook("police", false);
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::refuses_422; };
    rig.stubs["police"].does = [](const HttpRequest&) { return AgencyDoes::done_then_cut; };
    const auto refused = rig.refer("fire");
    const auto unknown = rig.refer("police");
    const auto nobodys = rig.refer("foodbank");
    const auto no_way = rig.refer("red_cross");
    const auto contact = rig.door(Uuid::random(rig.random));
    auto signature = rig.raised(contact, "red_cross");
    signature.agreement.channel = "signature";
    rig.arrive({rig.fact(contact), rig.fact(signature)});
    rig.work();
    CHECK(kinds(rig, refused) == Kinds{"refused"});
    CHECK(kinds(rig, unknown) == Kinds{"unknown"});
    CHECK(kinds(rig, nobodys) == Kinds{"unknown_agency"});
    CHECK(kinds(rig, no_way) == Kinds{"no_way"});
    CHECK(kinds(rig, signature.referral).empty());
    rig.clock.advance_ms(24 * hour_ms);
    CHECK(kinds(rig, signature.referral) == Kinds{"gate"});
}

TEST_CASE("an alarm that was told is told again after a day, and not before", "[alarms]") {
    Rig rig;
    rig.refer("fire");
    const auto first = must(agency_alarms(*rig.sql, rig.clock));
    REQUIRE(first.size() == 1);
    CHECK_FALSE(first[0].told);
    must(alarm_was_told(*rig.sql, rig.clock, first[0]));
    rig.clock.advance_ms(alarm_again_ms - 1);
    CHECK(must(agency_alarms(*rig.sql, rig.clock))[0].told);
    rig.clock.advance_ms(1);
    for (const auto& alarm : must(agency_alarms(*rig.sql, rig.clock)))
        CHECK_FALSE(alarm.told);
}

TEST_CASE("an agency that cannot be told of a withdrawal alarms", "[alarms]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    rig.work();
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::refuses_422; };
    rig.withdraw_on_tablet(referral);
    rig.work();
    CHECK(rig.row(referral).withdrawal == "person");
    CHECK(kinds(rig, referral) == Kinds{"withdrawal"});
}

TEST_CASE("an urgent one whose signature does not come alarms after the agency's urgent hours", "[alarms]") {
    Rig rig;
    rig.webhook("fire");
    const auto contact = rig.door(Uuid::random(rig.random));
    auto urgent = rig.raised(contact, "fire", "today");
    urgent.agreement.channel = "signature";
    rig.arrive({rig.fact(contact), rig.fact(urgent)});
    rig.work();
    rig.clock.advance_ms(hour_ms - 1);
    CHECK(kinds(rig, urgent.referral).empty());
    rig.clock.advance_ms(1);
    CHECK(kinds(rig, urgent.referral) == Kinds{"gate"});
}

TEST_CASE("a wrong clock delays no alarm, and overflows none", "[alarms]") {
    const auto at = GENERATE(std::int64_t{2'082'758'400'000}, std::numeric_limits<std::int64_t>::max(),
                             std::numeric_limits<std::int64_t>::min());
    Rig rig;
    rig.webhook("fire");
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::lost; };
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto raised = rig.raised(contact, "fire");
    auto fact = rig.fact(raised);
    fact.at_ms = at;
    rig.arrive({rig.fact(contact), fact});
    CHECK(rig.row(raised.referral).raised_ms <= rig.clock.now_ms());
    CHECK(rig.row(raised.referral).raised_ms >= 0);
    // As a row of before the mend may be.
    must(rig.sql->run("update outbox set raised_ms = :at where partnership = 1", {{"at", at}}));
    rig.work();
    rig.clock.advance_ms(24 * hour_ms);
    const auto found = kinds(rig, raised.referral);
    CHECK(std::find(found.begin(), found.end(), "not_received") != found.end());
}

TEST_CASE("alarms that were told hide none that was not, however many they are", "[alarms]") {
    Rig rig;
    const auto old = rig.refer("fire");
    for (int i = 0; i < 1'200; ++i)
        must(rig.sql->run("insert into outbox(partnership, referral, agency, operation_id, state, raised_ms, "
                          "arrived_ms) values(1, :referral, 'fire', :referral, 'refused', 1, 1)",
                          {{"referral", sql_value(Uuid::random(rig.random))}}));
    const auto told = must(agency_alarms(*rig.sql, rig.clock));
    REQUIRE(told.size() == 1'000);
    for (const auto& alarm : told)
        must(alarm_was_told(*rig.sql, rig.clock, alarm));
    const auto untold = must(agency_alarms(*rig.sql, rig.clock, AlarmsToSee::untold));
    CHECK(untold.size() == 201);
    CHECK(untold.back().referral == old);
}

TEST_CASE("what a tablet wrote as an agency's code goes into no log", "[alarms]") {
    Rig rig;
    rig.refer("Red Cross, ask for Mrs X");
    rig.refer(std::string(65, 'a'));
    rig.refer("fire");
    std::vector<std::string> codes;
    for (const auto& alarm : must(agency_alarms(*rig.sql, rig.clock)))
        codes.push_back(agency_code(alarm));
    std::sort(codes.begin(), codes.end());
    CHECK(codes == std::vector<std::string>{"-", "-", "fire"});
}
