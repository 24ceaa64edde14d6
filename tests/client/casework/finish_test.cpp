#include <catch2/catch.hpp>

#include "tests/client/casework/desk_for_tests.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

QuestionnaireFinished questionnaire(const Finished& finished) {
    const auto all = of_type<QuestionnaireFinished>(finished.operations);
    REQUIRE(all.size() == 1);
    return all[0];
}

ContactRecorded contact(const Finished& finished) {
    const auto all = of_type<ContactRecorded>(finished.operations);
    REQUIRE(all.size() == 1);
    return all[0];
}

}  // namespace

TEST_CASE("a finish is one contact and one questionnaire, and the draft is gone", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "format", "standard large_print"));
    tablet.clock.advance_ms(600'000);
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    CHECK(finished->complete);
    const ContactRecorded door = contact(*finished);
    CHECK(door.outcome == ContactOutcome::completed);
    CHECK(door.language == "en");
    CHECK(door.formats == std::vector<std::string>{"standard", "large_print"});
    CHECK(door.officer == "off-pol-01");
    CHECK(door.companion == "off-fire-02");
    CHECK(door.day == Day::of(2013, 6, 8));
    CHECK(door.address.road == "Quillfeather Road");
    const QuestionnaireFinished said = questionnaire(*finished);
    CHECK(said.contact == door.contact);
    CHECK(said.privacy_version == "privacy-7");
    CHECK(said.finished_ms - said.started_ms == 600'000);
    CHECK(said.form.id == "doorstep_test");
    CHECK(said.form.hash == at.session().form().hash());
    const RecordedAnswer size{"household_size", "household_size", "given", "1"};
    CHECK(std::find(said.answers.begin(), said.answers.end(), size) != said.answers.end());
    const auto drafts = tablet.casework->drafts();
    REQUIRE(drafts.ok());
    CHECK(drafts->empty());

    CHECK(at.finish().error().fault == Fault::refused);
    CHECK(at.answer(node(at, "phone"), Answer::given("1")).error().fault == Fault::refused);
    const auto log = tablet.store->log();
    REQUIRE(log.ok());
    CHECK(of_type<QuestionnaireFinished>(*log).size() == 1);
}

TEST_CASE("without the privacy step a questionnaire is partial", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.open();
    REQUIRE(say(at, "language", "pl"));
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    CHECK_FALSE(finished->complete);
    CHECK_FALSE(questionnaire(*finished).complete);
    CHECK(contact(*finished).outcome == ContactOutcome::partial);
}

TEST_CASE("don't know, prefer not to say and not asked do not make it complete", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.open();
    REQUIRE(say(at, "language", "en"));
    REQUIRE(say(at, "privacy_given", "OK"));
    REQUIRE(say(at, "household_size", AnswerKind::dont_know));
    REQUIRE(say(at, "age_bands", AnswerKind::prefer_not));
    REQUIRE(say(at, "phone", AnswerKind::not_asked));
    SECTION("alone they leave it partial, and are kept apart") {
        const auto finished = at.finish(ContactOutcome::declined);
        REQUIRE(finished.ok());
        CHECK_FALSE(finished->complete);
        CHECK(contact(*finished).outcome == ContactOutcome::declined);
        const auto answers = questionnaire(*finished).answers;
        const RecordedAnswer size{"household_size", "household_size", "dont_know", ""};
        const RecordedAnswer bands{"age_bands", "age_bands", "prefer_not", ""};
        CHECK(std::find(answers.begin(), answers.end(), size) != answers.end());
        CHECK(std::find(answers.begin(), answers.end(), bands) != answers.end());
    }
    SECTION("one real answer after the privacy step completes it") {
        REQUIRE(say(at, "crime_advice", "no"));
        const auto finished = at.finish();
        REQUIRE(finished.ok());
        CHECK(finished->complete);
    }
}

TEST_CASE("when no adult can answer the door is called on again", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.open();
    REQUIRE(say(at, "privacy_given", "OK"));
    REQUIRE(say(at, "adult_respondent", "no"));
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    CHECK_FALSE(finished->complete);
    CHECK(contact(*finished).outcome == ContactOutcome::call_back);
}

TEST_CASE("the questions that stand in the way of a finish are named, never their answers", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.open();
    REQUIRE(say(at, "privacy_given", "OK"));
    REQUIRE(say(at, "household_size", "77"));
    const auto blocked = at.finish();
    REQUIRE_FALSE(blocked.ok());
    CHECK(blocked.error().fault == Fault::bad_input);
    CHECK(blocked.error().what.find("household_size") != std::string::npos);
    CHECK(blocked.error().what.find("age_bands") != std::string::npos);
    CHECK(blocked.error().what.find("77") == std::string::npos);
    CHECK_FALSE(blocked.error().mend.empty());
    REQUIRE(say(at, "household_size", "7"));
    REQUIRE(say(at, "age_bands", AnswerKind::not_asked));
    CHECK(at.finish().ok());
}

TEST_CASE("only a questionnaire ends a door as completed", "[casework]") {
    Tablet tablet;
    const Door door = tablet.a_door();
    CHECK_FALSE(tablet.casework->record_outcome(door, ContactOutcome::completed).ok());
    CHECK_FALSE(tablet.casework->record_outcome(door, ContactOutcome::partial).ok());
    for (int i = 0; i < 3; ++i)
        REQUIRE(tablet.casework->record_outcome(door, ContactOutcome::no_answer).ok());
    const auto log = tablet.store->log();
    REQUIRE(log.ok());
    const auto tries = of_type<ContactRecorded>(*log);
    REQUIRE(tries.size() == 3);
    CHECK(tries[0].contact == tries[2].contact);
    OpenQuestionnaire at = tablet.open();
    CHECK(at.finish(ContactOutcome::completed).error().fault == Fault::bad_input);
}

TEST_CASE("an answer that is no UTF-8 is refused and changes nothing", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "phone", "07700 900123"));
    CHECK_FALSE(say(at, "phone", "\xff\xfe"));
    CHECK(answer_to(at, "phone") == Answer::given("07700 900123"));
}
