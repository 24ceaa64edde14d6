#include "sync/agencies/outbox.h"

#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("a referral waits once, however often it comes", "[outbox]") {
    Rig rig;
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto referral = rig.fact(rig.raised(contact, "fire"));
    const auto id = std::get<ReferralRaised>(referral.payload).referral;
    rig.arrive({rig.fact(contact), referral});
    rig.arrive({referral});
    CHECK(rig.text("select count(*) from outbox") == "1");
    CHECK(rig.state(id) == "waiting");
}

TEST_CASE("what was set aside, and a questionnaire with restricted answers, reach no outbox", "[outbox]") {
    Rig rig;
    const auto contact = rig.door(Uuid::random(rig.random));
    auto nobody_agreed = rig.raised(contact, "fire");
    nobody_agreed.agreement.given_by.clear();
    QuestionnaireFinished finished;
    finished.questionnaire = Uuid::random(rig.random);
    finished.contact = contact.contact;
    finished.form.id = "safer_streets_doorstep";
    finished.restricted = std::string(512, 'r');
    rig.arrive({rig.fact(contact), rig.fact(nobody_agreed), rig.fact(finished)});
    CHECK(rig.text("select count(*) from outbox") == "0");
}

TEST_CASE("a need that is open there already is linked, from another tablet and in any order", "[outbox]") {
    Rig rig;
    rig.webhook("fire");
    const auto home = Uuid::random(rig.random);
    const auto first_door = rig.door(home);
    const auto first = rig.raised(first_door, "fire");
    rig.arrive({rig.fact(first_door), rig.fact(first)});
    rig.tablet = Uuid::random(rig.random);
    // Raised before the first one, and come after it.
    auto second_door = rig.door(home);
    second_door.day = first_door.day.plus(-90);
    const auto second = rig.raised(second_door, "fire");
    rig.arrive({rig.fact(second_door), rig.fact(second)});
    CHECK(rig.state(second.referral) == "linked");
    CHECK(rig.row(second.referral).linked_to == first.referral);
    rig.work();
    CHECK(rig.stubs["fire"].effects_of(first.referral) == 1);
    CHECK(rig.stubs["fire"].effects_of(second.referral) == 0);
    // Nobody else's need.
    CHECK(rig.answer(second.referral, "fire", "accepted").error().fault == Fault::not_found);

    auto late_door = rig.door(home);
    late_door.day = first_door.day.plus(91);
    const auto late = rig.raised(late_door, "fire");
    const auto elsewhere = rig.raised(second_door, "police");
    rig.arrive({rig.fact(late_door), rig.fact(late), rig.fact(elsewhere)});
    CHECK(rig.state(late.referral) == "waiting");
    CHECK(rig.state(elsewhere.referral) == "waiting");
}

TEST_CASE("a need that was withdrawn or has ended is open no more", "[outbox]") {
    Rig rig;
    rig.webhook("fire");
    const auto home = Uuid::random(rig.random);
    const auto contact = rig.door(home);
    const auto first = rig.raised(contact, "fire");
    rig.arrive({rig.fact(contact), rig.fact(first)});
    SECTION("withdrawn") {
        rig.withdraw_on_tablet(first.referral);
    }
    SECTION("completed") {
        rig.work();
        REQUIRE(rig.answer(first.referral, "fire", "completed").ok());
    }
    const auto again_door = rig.door(home);
    const auto again = rig.raised(again_door, "fire");
    rig.arrive({rig.fact(again_door), rig.fact(again)});
    CHECK(rig.state(again.referral) == "waiting");
}

TEST_CASE("a forged fact under the id of another referral opens that one for nobody", "[outbox]") {
    Rig rig;
    rig.webhook("fire");
    const auto home = Uuid::random(rig.random);
    const auto contact = rig.door(home);
    const auto ended = rig.fact(rig.raised(contact, "fire"));
    const auto of_ended = std::get<ReferralRaised>(ended.payload).referral;
    rig.arrive({rig.fact(contact), ended});
    rig.work();
    REQUIRE(rig.answer(of_ended, "fire", "completed").ok());
    const auto before = rig.state(of_ended);
    auto forged = rig.fact(rig.raised(rig.door(home), "fire"));
    forged.id = ended.id;
    const auto real_door = rig.door(home);
    const auto real = rig.fact(rig.raised(real_door, "fire"));
    rig.arrive_together({rig.fact(real_door), forged, real});
    const auto id_of = [](const Operation& one) { return std::get<ReferralRaised>(one.payload).referral; };
    CHECK(rig.state(id_of(real)) == "waiting");
    CHECK(rig.state(of_ended) == before);
    CHECK(rig.text("select count(*) from outbox") == "2");  // nothing of the forged one
    CHECK(rig.text("select count(*) from fork") == "1");
    rig.work();
    CHECK(rig.state(id_of(real)) == "sent");
}

TEST_CASE("a withdrawal that comes before its referral stops it", "[outbox]") {
    Rig rig;
    rig.webhook("fire");
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto referral = rig.raised(contact, "fire");
    rig.withdraw_on_tablet(referral.referral);
    rig.arrive({rig.fact(contact), rig.fact(referral)});
    rig.work_for(hour_ms);
    CHECK(rig.state(referral.referral) == "withdrawn");
    CHECK(rig.stubs["fire"].seen.empty());
}

TEST_CASE("a referral whose agreement is signed waits for the signature", "[outbox]") {
    Rig rig;
    rig.webhook("fire");
    const auto contact = rig.door(Uuid::random(rig.random));
    auto referral = rig.raised(contact, "fire");
    referral.agreement.channel = "signature";
    SECTION("that comes later") {
        rig.arrive({rig.fact(contact), rig.fact(referral)});
        rig.work_for(hour_ms);
        CHECK(rig.state(referral.referral) == "gate");
        CHECK(rig.stubs["fire"].seen.empty());
        must(signature_is_here(*rig.sql, rig.clock, referral.referral));
    }
    SECTION("that came first") {
        must(signature_is_here(*rig.sql, rig.clock, referral.referral));
        rig.arrive({rig.fact(contact), rig.fact(referral)});
    }
    rig.work();
    CHECK(rig.state(referral.referral) == "sent");
}

TEST_CASE("a referral to an agency that the directory learns of goes on", "[outbox]") {
    Rig rig;
    const auto referral = rig.refer("foodbank");
    CHECK(rig.state(referral) == "unknown_agency");
    rig.directory.agencies.push_back(Agency{"foodbank", "Food bank", {}, false, {}, {}, {}, {}, {}});
    must(rig.sender->take_over());
    CHECK(rig.state(referral) == "waiting");
}
