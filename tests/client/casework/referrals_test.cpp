#include <catch2/catch.hpp>

#include "tests/client/casework/desk_for_tests.h"

using namespace doorstep;
using namespace doorstep::test;
using Decision = ProposedReferral::Decision;

TEST_CASE("a referral is raised only when the resident agreed to that agency", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(say(at, "smoke_alarms", "none"));
    REQUIRE(say(at, "smoke_alarm_accept", "supply_and_fit"));
    REQUIRE(say(at, "first_aid_places", "1"));
    REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(at.refuse("red_cross").ok());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const auto raised = of_type<ReferralRaised>(finished->operations);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].agency == "police");
    CHECK(raised[0].agreement.basis == ShareBasis::agreement);
    CHECK(raised[0].agreement.given_by == "resident");
    CHECK(raised[0].agreement.wording_version == "privacy-7");
    CHECK(raised[0].agreement.taken_by == "off-pol-01");
    CHECK(raised[0].agreement.channel == "spoken");
    CHECK(raised[0].agreement.at_ms == tablet.clock.now_ms());
}

TEST_CASE("an agreement names who gave it", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    const auto nobody = at.agree("police", Agreement{});
    REQUIRE_FALSE(nobody.ok());
    CHECK(nobody.error().fault == Fault::bad_input);
    CHECK_FALSE(nobody.error().mend.empty());
    Agreement neighbour;
    neighbour.given_by = "neighbour";
    CHECK_FALSE(at.agree("police", neighbour).ok());
    CHECK(proposed(at.referrals(), "police")->decision == Decision::open);
}

TEST_CASE("only a safeguarding rule may go without agreement, and then with a reason", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "household_size", "12"));
    REQUIRE(say(at, "crime_advice", "yes"));
    Agreement without;
    without.basis = ShareBasis::safeguarding;
    without.lawful_reason = "No capacity to agree.";
    const auto police = at.agree("police", without);
    REQUIRE_FALSE(police.ok());
    CHECK(police.error().fault == Fault::refused);
    REQUIRE(at.agree("housing_hbc", without).ok());
    Agreement unexplained;
    unexplained.basis = ShareBasis::vital_interest;
    CHECK_FALSE(at.agree("housing_hbc", unexplained).ok());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const auto raised = of_type<ReferralRaised>(finished->operations);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].agreement.lawful_reason == "No capacity to agree.");
    CHECK(raised[0].agreement.given_by.empty());
}

TEST_CASE("several rules for one agency make one referral with several reasons", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "phone", "07700 900123"));
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(say(at, "concerns", "burglary asb"));
    REQUIRE(say(at, "smoke_alarms", "some_floors"));
    REQUIRE(say(at, "smoke_alarm_accept", "supply_only"));
    const auto open = at.referrals();
    REQUIRE(open.size() == 2);
    CHECK(open[0].agency == "police");
    CHECK(open[0].because.size() == 2);
    CHECK(open[0].shares == std::vector<std::string>{"crime_advice", "phone", "concerns"});
    CHECK(open[0].urgency == Urgency::soon);
    REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(at.agree("fire", by_resident()).ok());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const auto raised = of_type<ReferralRaised>(finished->operations);
    REQUIRE(raised.size() == 2);
    CHECK(raised[0].reasons == std::vector<std::string>{"Wants crime advice.", "Is afraid of burglary."});
    CHECK(raised[0].rules.size() == 2);
    CHECK(raised[0].urgency == "soon");
    CHECK(raised[1].services == std::vector<std::string>{"fire_safe_and_well"});
    CHECK(raised[1].reasons.size() == 2);
}

TEST_CASE("only the answers that a rule names are shared, with English labels", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(at.set_language("Polski (pl)").ok());
    REQUIRE(say(at, "phone", AnswerKind::prefer_not));
    REQUIRE(say(at, "concerns", "burglary asb"));
    REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(at.drop("fire").ok());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const auto raised = of_type<ReferralRaised>(finished->operations);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].reasons == std::vector<std::string>{"Is afraid of burglary."});
    REQUIRE(raised[0].shares.size() == 1);
    CHECK(raised[0].shares[0].name == "concerns");
    CHECK(raised[0].shares[0].value == "burglary asb");
    CHECK(raised[0].shares[0].label.find("Burglary") != std::string::npos);
    CHECK(raised[0].agreement.language == "Polski (pl)");
}

TEST_CASE("what was agreed to and is no longer suggested stays until the officer decides", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(say(at, "crime_advice", "no"));
    const auto kept = at.referrals();
    REQUIRE(proposed(kept, "police"));
    CHECK(proposed(kept, "police")->no_longer_suggested);
    CHECK(proposed(kept, "police")->decision == Decision::agreed);
    const auto undecided = at.finish();
    REQUIRE_FALSE(undecided.ok());
    CHECK(undecided.error().what.find("police") != std::string::npos);
    CHECK_FALSE(undecided.error().mend.empty());

    SECTION("dropped, it is not raised") {
        REQUIRE(at.drop("police").ok());
        const auto finished = at.finish();
        REQUIRE(finished.ok());
        CHECK(of_type<ReferralRaised>(finished->operations).empty());
    }
    SECTION("agreed to again, it is raised with the reason that was read out") {
        REQUIRE(at.agree("police", by_resident()).ok());
        CHECK_FALSE(proposed(at.referrals(), "police")->no_longer_suggested);
        const auto finished = at.finish();
        REQUIRE(finished.ok());
        const auto raised = of_type<ReferralRaised>(finished->operations);
        REQUIRE(raised.size() == 1);
        CHECK(raised[0].reasons == std::vector<std::string>{"Wants crime advice."});
    }
    SECTION("suggested again, it stands as agreed") {
        REQUIRE(say(at, "crime_advice", "yes"));
        CHECK_FALSE(proposed(at.referrals(), "police")->no_longer_suggested);
        CHECK(proposed(at.referrals(), "police")->decision == Decision::agreed);
    }
}

TEST_CASE("an agreement does not stretch to answers that were not named then", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(say(at, "concerns", "burglary"));
    CHECK(proposed(at.referrals(), "police")->decision == Decision::open);
    REQUIRE(say(at, "concerns", "none"));
    CHECK(proposed(at.referrals(), "police")->decision == Decision::agreed);
}

TEST_CASE("the officer adds a referral with its reason", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    CHECK(at.add_referral("polis", "A reason.").error().fault == Fault::not_found);
    CHECK(at.add_referral("trading_standards", "No longer there in 2013.").error().fault == Fault::not_found);
    CHECK(at.add_referral("red_cross", "").error().fault == Fault::bad_input);
    CHECK(at.agree("red_cross", by_resident()).error().fault == Fault::not_found);
    REQUIRE(at.add_referral("red_cross", "Asked for a course.").ok());
    CHECK(proposed(at.referrals(), "red_cross")->added_by_officer);
    REQUIRE(at.agree("red_cross", by_resident()).ok());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const auto raised = of_type<ReferralRaised>(finished->operations);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].rules.empty());
    CHECK(raised[0].reasons == std::vector<std::string>{"Asked for a course."});
}

TEST_CASE("a resident withdraws, once, also later", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.agree("police", by_resident()).ok());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const Uuid referral = of_type<ReferralRaised>(finished->operations).at(0).referral;
    tablet.clock.advance_ms(86'400'000);
    REQUIRE(tablet.casework->withdraw(referral, "Changed their mind.").ok());
    CHECK(tablet.casework->withdraw(referral, "Again.").error().fault == Fault::conflict);
    CHECK(tablet.casework->withdraw(Uuid::random(tablet.random), "x").error().fault == Fault::not_found);
    const auto log = tablet.store->log();
    REQUIRE(log.ok());
    const auto states = of_type<ReferralStateSet>(*log);
    REQUIRE(states.size() == 1);
    CHECK(states[0].state == ReferralState::withdrawn);
    CHECK(states[0].by == "off-pol-01");
}

TEST_CASE("a plain no to the alarms declines both offers and refers nobody", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "household_size", "2"));
    REQUIRE(say(at, "smoke_alarms", "some_floors"));
    REQUIRE(say(at, "smoke_alarm_accept", "no"));
    CHECK(at.referrals().empty());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const auto offers = of_type<OfferMade>(finished->operations);
    REQUIRE(offers.size() == 2);
    CHECK(offers[0].code == "smoke_detector");
    CHECK(offers[1].code == "smoke_detector_fitting");
    CHECK(offers[0].status == OfferStatus::declined);
    CHECK(offers[1].status == OfferStatus::declined);
}

TEST_CASE("offers carry their status, quantity and rule", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "smoke_alarms", "none"));
    REQUIRE(say(at, "smoke_alarm_accept", "supply_and_fit"));
    REQUIRE(at.set_offer("smoke_detector", OfferStatus::accepted, 2).ok());
    REQUIRE(at.set_offer("purse_bell", OfferStatus::delivered, 3).ok());
    CHECK(at.set_offer("no_such_thing", OfferStatus::offered, 1).error().fault == Fault::not_found);
    CHECK(at.set_offer("purse_bell", OfferStatus::offered, 0).error().fault == Fault::bad_input);
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    const auto offers = of_type<OfferMade>(finished->operations);
    REQUIRE(offers.size() == 3);
    CHECK(offers[0].code == "smoke_detector");
    CHECK(offers[0].status == OfferStatus::accepted);
    CHECK(offers[0].quantity == 2);
    CHECK_FALSE(offers[0].rule.empty());
    CHECK(offers[1].status == OfferStatus::offered);
    CHECK(offers[2].code == "purse_bell");
    CHECK(offers[2].quantity == 3);
    CHECK(offers[2].rule.empty());
}
