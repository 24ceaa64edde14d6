// What was held up goes on when it may, and never past what holds it.
#include <algorithm>

#include "sync/agencies/outbox.h"
#include "sync/agencies/referral_list.h"
#include "sync/agencies/restored.h"
#include "sync/endpoint/erasure.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

Uuid refer_again(Rig& rig, const Uuid& home, const std::string& urgency = "routine",
                 std::vector<std::string> services = {"alarm_fitting"}) {
    const auto contact = rig.door(home);
    auto referral = rig.raised(contact, "fire", urgency);
    referral.services = std::move(services);
    rig.arrive({rig.fact(contact), rig.fact(referral)});
    return referral.referral;
}

Uuid refer_with_signature(Rig& rig, const std::string& agency, const Uuid& home) {
    const auto contact = rig.door(home);
    auto referral = rig.raised(contact, agency);
    referral.agreement.channel = "signature";
    rig.arrive({rig.fact(contact), rig.fact(referral)});
    return referral.referral;
}

std::size_t posts(Rig& rig) {
    const auto& seen = rig.stubs["fire"].seen;
    return static_cast<std::size_t>(
        std::count_if(seen.begin(), seen.end(), [](const auto& one) { return one.method == "POST"; }));
}

}  // namespace

TEST_CASE("what is linked to one that comes to nothing goes on, and the others link to it", "[going_on]") {
    Rig rig;
    const auto home = Uuid::random(rig.random);
    const auto first = refer_again(rig, home);
    rig.clock.advance_ms(1);
    const auto second = refer_again(rig, home);
    rig.clock.advance_ms(1);
    const auto third = refer_again(rig, home);
    REQUIRE(rig.row(second).linked_to == first);
    REQUIRE(rig.row(third).linked_to == first);
    rig.webhook("fire");
    SECTION("withdrawn") {
        rig.withdraw_on_tablet(first);
        rig.work();
        CHECK(rig.state(first) == "withdrawn");
    }
    SECTION("refused") {
        rig.stubs["fire"].does = [&](const HttpRequest&) {
            return posts(rig) <= 1 ? AgencyDoes::refuses_422 : AgencyDoes::well;
        };
        rig.work();
        CHECK(rig.state(first) == "refused");
    }
    SECTION("erased") {
        must(rig.sql->run("update outbox set state = 'erased' where referral = :referral",
                          {{"referral", sql_value(first)}}));
        rig.work();
    }
    CHECK(rig.state(second) == "sent");
    CHECK_FALSE(rig.row(second).linked_to);
    CHECK(rig.state(third) == "linked");
    CHECK(rig.row(third).linked_to == second);
    CHECK(rig.stubs["fire"].effects_of(second) == 1);
    CHECK(rig.stubs["fire"].effects_of(third) == 0);
}

TEST_CASE("nothing is linked to one that nobody will hand over", "[going_on]") {
    Rig rig;
    rig.webhook("fire");
    const auto home = Uuid::random(rig.random);
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::refuses_422; };
    const auto first = refer_again(rig, home);
    rig.work();
    REQUIRE(rig.state(first) == "refused");
    CHECK(rig.state(refer_again(rig, home)) == "waiting");
}

TEST_CASE("one need is as urgent and asks for as much", "[going_on]") {
    Rig rig;
    const auto home = Uuid::random(rig.random);
    const auto routine = refer_again(rig, home);
    rig.clock.advance_ms(1);
    CHECK(rig.state(refer_again(rig, home, "soon", {"bed_rails"})) == "waiting");
    const auto urgent = refer_again(rig, home, "today");
    CHECK(rig.state(urgent) == "waiting");
    // From here on somebody comes today.
    CHECK(rig.row(refer_again(rig, home, "today")).linked_to == urgent);
    CHECK(rig.row(refer_again(rig, home, "routine")).linked_to == routine);
    CHECK(rig.state(refer_again(rig, home, "routine", {"alarm_fitting", "hoarding"})) == "waiting");
    CHECK(rig.state(refer_again(rig, home, "routine", {"hoarding"})) == "linked");
    // Where one names none, home and agency are all that can be compared.
    CHECK(rig.state(refer_again(rig, home, "routine", {})) == "linked");
}

TEST_CASE("a need that came in the same push is compared too", "[going_on]") {
    Rig rig;
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto first = rig.raised(contact, "fire");
    auto other = rig.raised(contact, "fire");
    other.services = {"hoarding"};
    const auto same = rig.raised(contact, "fire");
    const std::vector<Operation> facts{rig.fact(contact), rig.fact(first), rig.fact(other), rig.fact(same)};
    auto transaction = must(rig.store().begin());
    std::vector<const Operation*> came;
    for (const auto& fact : facts) {
        auto opened = wire::open_operation(wire::encode(fact));
        opened.sequence = fact.sequence;
        must(transaction.append_received({&opened, 1}, rig.tablet));
        came.push_back(&fact);
    }
    must(enter_in_outbox(rig.store(), rig.directory, rig.clock, came));
    must(transaction.commit());
    CHECK(rig.state(first.referral) == "waiting");
    CHECK(rig.state(other.referral) == "waiting");
    CHECK(rig.row(same.referral).linked_to == first.referral);
}

TEST_CASE("a person hands over what is linked", "[going_on]") {
    Rig rig;
    rig.webhook("fire");
    const auto home = Uuid::random(rig.random);
    const auto first = refer_again(rig, home);
    const auto second = refer_again(rig, home);
    rig.work();
    REQUIRE(rig.state(second) == "linked");
    must(resend_referral(*rig.sql, rig.clock, second));
    rig.work();
    CHECK(rig.state(first) == "sent");
    CHECK(rig.state(second) == "sent");
    CHECK_FALSE(rig.row(second).linked_to);
    CHECK(rig.stubs["fire"].effects_of(second) == 1);
}

TEST_CASE("no way leads past a signature that is not here", "[going_on]") {
    Rig rig;
    const auto home = Uuid::random(rig.random);
    Uuid referral;
    SECTION("to an agency that the directory learns of") {
        rig.directory.agencies.erase(rig.directory.agencies.begin());
        referral = refer_with_signature(rig, "fire", home);
        REQUIRE(rig.state(referral) == "unknown_agency");
        rig.directory.agencies.push_back(Agency{"fire", "Fire", {}, false, {}, {}, {}, {}, {}});
        rig.webhook("fire");
        must(rig.sender->take_over());
        CHECK(rig.state(referral) == "gate");
    }
    SECTION("asked for after a restore, and not there") {
        rig.webhook("fire");
        const bool came_before = GENERATE(true, false);
        if (came_before)
            referral = refer_with_signature(rig, "fire", home);
        auto transaction = must(rig.store().begin());
        must(verify_before_send(transaction.sql(), rig.clock, std::nullopt));
        must(transaction.commit());
        if (!came_before)
            referral = refer_with_signature(rig, "fire", home);
        REQUIRE(rig.state(referral) == "verify");
    }
    SECTION("linked, and the first is withdrawn") {
        rig.webhook("fire");
        const auto first = refer_again(rig, home);
        referral = refer_with_signature(rig, "fire", home);
        REQUIRE(rig.state(referral) == "linked");
        rig.withdraw_on_tablet(first);
    }
    SECTION("handed over again by a person who did not see it") {
        rig.webhook("fire");
        const auto first = refer_again(rig, home, "today");
        referral = refer_with_signature(rig, "fire", home);
        must(resend_referral(*rig.sql, rig.clock, referral));
        rig.work();
        CHECK(rig.state(first) == "sent");
    }
    rig.work_for(3 * hour_ms, 600'000);
    CHECK(rig.state(referral) == "gate");
    CHECK(rig.stubs["fire"].effects_of(referral) == 0);
    must(release_referral(*rig.sql, rig.clock, referral));
    rig.work();
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("a signature that a person saw counts for every later try", "[going_on]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = refer_with_signature(rig, "fire", Uuid::random(rig.random));
    must(release_referral(*rig.sql, rig.clock, referral));
    rig.stubs["fire"].does = [&](const HttpRequest&) {
        return posts(rig) <= 1 ? AgencyDoes::refuses_422 : AgencyDoes::well;
    };
    rig.work();
    REQUIRE(rig.state(referral) == "refused");
    must(resend_referral(*rig.sql, rig.clock, referral));
    rig.work();
    CHECK(rig.state(referral) == "sent");
}

TEST_CASE("two of one need that a restore left to be asked for become one", "[going_on]") {
    Rig rig;
    rig.webhook("fire");
    auto transaction = must(rig.store().begin());
    must(verify_before_send(transaction.sql(), rig.clock, std::nullopt));
    must(transaction.commit());
    const auto home = Uuid::random(rig.random);
    const auto one = refer_again(rig, home);
    const auto other = refer_again(rig, home);
    REQUIRE(rig.state(one) == "verify");
    REQUIRE(rig.state(other) == "verify");
    rig.work_for(hour_ms);
    CHECK(rig.stubs["fire"].effects_of(one) + rig.stubs["fire"].effects_of(other) == 1);
    CHECK(rig.text("select count(*) from outbox where state = 'linked'") == "1");
}

TEST_CASE("the gate of a backup may have opened since: after a restore it is asked first", "[going_on]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = refer_with_signature(rig, "fire", Uuid::random(rig.random));
    REQUIRE(rig.state(referral) == "gate");
    rig.stubs["fire"].effects[referral] = 1;  // it left after the backup
    auto transaction = must(rig.store().begin());
    CHECK(must(verify_before_send(transaction.sql(), rig.clock, std::nullopt)) == 1);
    must(signature_is_here(transaction.sql(), rig.clock, referral));
    must(transaction.commit());
    rig.work_for(hour_ms);
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("a time that is still to come does not prove that a referral is newer than a restore",
          "[going_on]") {
    Rig rig;
    rig.webhook("fire");
    auto transaction = must(rig.store().begin());
    must(verify_before_send(transaction.sql(), rig.clock, std::nullopt));
    must(transaction.commit());
    rig.clock.advance_ms(hour_ms);
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto raised = rig.raised(contact, "fire");
    auto fact = rig.fact(raised);
    fact.at_ms = 2'082'758'400'000;  // 2036
    rig.arrive({rig.fact(contact), fact});
    CHECK(rig.state(raised.referral) == "verify");
}

TEST_CASE("what was erased while its agency was asked leaves no more, not even bare", "[going_on]") {
    const TemporaryFolder folder;
    Rig rig;
    rig.webhook("fire");
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::lost; };
    const auto home = Uuid::random(rig.random);
    const auto referral = refer_again(rig, home);
    rig.work();
    REQUIRE(rig.state(referral) == "unknown");
    const ErasureList list(folder / "erasures.list");
    REQUIRE(erase_subject(must(rig.endpoint->forgetting(list)), home).ok());
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::well; };
    rig.work_for(6 * hour_ms, 600'000);
    CHECK(rig.state(referral) == "erased");
    CHECK(rig.stubs["fire"].effects_of(referral) == 0);
}
