#include <catch2/catch.hpp>
#include <optional>

#include "tests/client/casework/desk_for_tests.h"

using namespace doorstep;
using namespace doorstep::test;
using Decision = ProposedReferral::Decision;

TEST_CASE("a draft is taken up on the same question with everything that was done", "[casework][draft]") {
    Tablet tablet;
    Uuid id;
    std::string dump;
    {
        OpenQuestionnaire at = tablet.begun();
        REQUIRE(say(at, "phone", "ਜਸਲੀਨ \"quoted\"\n07700 900123"));
        REQUIRE(say(at, "crime_advice", "yes"));
        REQUIRE(say(at, "concerns", AnswerKind::dont_know));
        REQUIRE(at.agree("police", by_resident()).ok());
        REQUIRE(at.refuse("fire").ok());
        REQUIRE(at.add_referral("red_cross", "Asked for a course.").ok());
        REQUIRE(at.set_offer("purse_bell", OfferStatus::delivered, 2).ok());
        REQUIRE(at.set_language("Polski (pl)").ok());
        REQUIRE(at.stand_on(node(at, "concerns")).ok());
        id = at.id();
        dump = at.session().dump();
    }
    tablet.reopen();
    tablet.clock.advance_ms(86'400'000);
    auto resumed = tablet.casework->resume(id);
    REQUIRE(resumed.ok());
    OpenQuestionnaire& at = *resumed;
    CHECK(at.session().dump() == dump);
    CHECK(at.position() == node(at, "concerns"));
    CHECK(at.door().address.road == "Quillfeather Road");
    CHECK(at.door().address.uprn == 990000000004);
    CHECK(proposed(at.referrals(), "police")->decision == Decision::agreed);
    CHECK(proposed(at.referrals(), "police")->agreement.given_by == "resident");
    CHECK(proposed(at.referrals(), "fire")->decision == Decision::refused);
    CHECK(proposed(at.referrals(), "red_cross")->added_by_officer);
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    CHECK(of_type<ReferralRaised>(finished->operations).size() == 1);
    CHECK(of_type<OfferMade>(finished->operations).size() == 2);
}

TEST_CASE("a new draft stands on the first question", "[casework][draft]") {
    Tablet tablet;
    const Uuid id = tablet.open().id();
    const auto resumed = tablet.casework->resume(id);
    REQUIRE(resumed.ok());
    CHECK(resumed->position() == node(*resumed, "language"));
}

TEST_CASE("a draft keeps the form that it began with when a newer one comes", "[casework][draft]") {
    Tablet tablet;
    Uuid id;
    Sha256 began;
    {
        OpenQuestionnaire at = tablet.begun();
        REQUIRE(at.stand_on(node(at, "phone")).ok());
        id = at.id();
        began = at.session().form().hash();
    }
    SECTION("beside the old one") {
        tablet.library.packages.push_back(
            small_library("| doorstep_test | 1 |", "| doorstep_test | 2 |").packages.at(0));
    }
    SECTION("instead of the old one, even under the same version") {
        tablet.library = small_library("Crime advice?", "Crime advice at home?");
    }
    tablet.reopen();
    auto resumed = tablet.casework->resume(id);
    REQUIRE(resumed.ok());
    CHECK(resumed->session().form().hash() == began);
    CHECK(resumed->position() == node(*resumed, "phone"));
    CHECK(answer_to(*resumed, "age_bands") == Answer::given("65_74"));
    const auto finished = resumed->finish();
    REQUIRE(finished.ok());
    CHECK(of_type<QuestionnaireFinished>(finished->operations).at(0).form.hash == began);
}

TEST_CASE("a draft whose form is gone says so and is kept", "[casework][draft]") {
    Tablet tablet;
    const Uuid id = tablet.begun().id();
    tablet.library.packages.clear();
    const auto change = GENERATE("delete from draft_form", "update draft_form set xml = x'3c'");
    REQUIRE(tablet.sql->script(change).ok());
    const auto resumed = tablet.casework->resume(id);
    REQUIRE_FALSE(resumed.ok());
    CHECK(resumed.error().fault == Fault::not_found);
    CHECK(resumed.error().text().find("doorstep_test") != std::string::npos);
    CHECK_FALSE(resumed.error().mend.empty());
    const auto drafts = tablet.casework->drafts();
    REQUIRE(drafts.ok());
    REQUIRE(drafts->size() == 1);
    CHECK_FALSE(tablet.casework->form_of(drafts->front()).ok());
    tablet.library = small_library();
    CHECK(tablet.casework->resume(id).ok());
}

TEST_CASE("a draft with a line that cannot be read is damaged, named and kept", "[casework][draft]") {
    Tablet tablet;
    const Uuid id = tablet.begun().id();
    REQUIRE(tablet.sql->script("update draft_line set line = x'7b22646964' where number = 3").ok());
    const auto resumed = tablet.casework->resume(id);
    REQUIRE_FALSE(resumed.ok());
    CHECK(resumed.error().fault == Fault::damaged);
    CHECK(resumed.error().what.find("Line 3") != std::string::npos);
    CHECK(tablet.casework->drafts()->size() == 1);
}

TEST_CASE("no draft, no questionnaire; no form, no opening", "[casework][draft]") {
    Tablet tablet;
    CHECK(tablet.casework->resume(Uuid::random(tablet.random)).error().fault == Fault::not_found);
    const Door door = tablet.a_door();
    const auto opened = tablet.casework->open_questionnaire(door, "doorstep_test", "1999");
    CHECK(opened.error().fault == Fault::not_found);
    CHECK_FALSE(opened.error().mend.empty());
}

TEST_CASE("an answer that could not be saved is not there", "[casework][draft]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "phone", "before"));
    REQUIRE(tablet.sql
                ->script("create trigger full before insert on draft_line begin "
                         "select raise(abort, 'no space'); end")
                .ok());
    CHECK_FALSE(say(at, "phone", "after"));
    CHECK(answer_to(at, "phone") == Answer::given("before"));
    CHECK_FALSE(at.stand_on(node(at, "concerns")).ok());
    CHECK(at.position() == node(at, "language"));
    CHECK_FALSE(at.set_language("Polski (pl)").ok());
    REQUIRE(tablet.sql->script("drop trigger full").ok());
    REQUIRE(say(at, "phone", "after"));
    auto resumed = tablet.casework->resume(at.id());
    REQUIRE(resumed.ok());
    CHECK(resumed->session().dump() == at.session().dump());
}
