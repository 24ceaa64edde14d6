// What does not fit together.  An answer that does not fit is kept and marked.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

void fits(TestDoor& door, const std::string& question, const std::string& text) {
    INFO(question << " = " << text);
    door.say(question, text);
    CHECK(door.fault(question) == Violation::none);
}

void does_not_fit(TestDoor& door, const std::string& question, const std::string& text,
                  const std::string& words) {
    INFO(question << " = " << text);
    door.say(question, text);
    CHECK(door.fault(question) == Violation::constraint);
    CHECK(door.question(question).violation_text == words);
    CHECK(door.value(question) == text);
    CHECK_FALSE(door.session().blocked().empty());
}

const std::string not_both = "Select what fits, or None of these, not both";

}  // namespace

TEST_CASE("an exclusive choice stands alone", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        const auto door = TestDoor::opened(version);
        fits(*door, "format", "standard");
        fits(*door, "format", "large_print bsl");
        does_not_fit(*door, "format", "standard large_print",
                     "Select Standard print alone, or the other formats");
        fits(*door, "concerns", "none");
        fits(*door, "concerns", "asb drugs");
        does_not_fit(*door, "concerns", "asb none", not_both);
        fits(*door, "lifestyle_help", "none");
        fits(*door, "lifestyle_help", "weight falls");
        does_not_fit(*door, "lifestyle_help", "falls none", not_both);
        fits(*door, "help_topics", "none");
        fits(*door, "help_topics", "food memory company");
        does_not_fit(*door, "help_topics", "food none", not_both);
        door->say("vehicles", "1");
        fits(*door, "plate_screws", "no_thanks");
        fits(*door, "plate_screws", "screws register");
        does_not_fit(*door, "plate_screws", "screws no_thanks",
                     "Select what you would like, or No, thank you, not both");
        fits(*door, "officer_concern", "none");
        fits(*door, "officer_concern", "slavery immediate_danger");
        does_not_fit(*door, "officer_concern", "none slavery", "Select the concerns, or None, not both");
        fits(*door, "safe_contact", "no_contact");
        does_not_fit(*door, "safe_contact", "phone no_contact",
                     "Select the safe ways, or Not safe to contact, not both");
    }
}

TEST_CASE("numbers keep to their bounds", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    const std::string people = "Number of people must be between 1 and 20";
    fits(*door, "household_size", "1");
    fits(*door, "household_size", "20");
    does_not_fit(*door, "household_size", "0", people);
    does_not_fit(*door, "household_size", "21", people);
    fits(*door, "vehicles", "0");
    fits(*door, "vehicles", "9");
    does_not_fit(*door, "vehicles", "10", "Number of vehicles must be between 0 and 9");
    door->say("smoke_alarms", "none").say("smoke_alarm_accept", "supply_and_fit");
    fits(*door, "alarms_fitted_now", "10");
    does_not_fit(*door, "alarms_fitted_now", "11", "Number of alarms must be between 0 and 10");
    fits(*door, "alarms_supplied_now", "0");
    does_not_fit(*door, "alarms_supplied_now", "-1", "Number of alarms must be between 0 and 10");
}

TEST_CASE("age groups are checked against the people, only when both are there", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        const auto door = TestDoor::opened(version);
        fits(*door, "age_bands", "0_4 5_17 18_59");
        door->say("household_size", "2");
        CHECK(door->fault("age_bands") == Violation::constraint);
        CHECK(door->question("age_bands").violation_text ==
              "There are more age groups than people living here. Correct one of the two");
        door->say("household_size", AnswerKind::prefer_not);
        CHECK(door->fault("age_bands") == Violation::none);
        door->say("household_size", "3");
        CHECK(door->fault("age_bands") == Violation::none);
    }
}

TEST_CASE("no more first-aid places than people", "[questionnaires]") {
    const std::string words =
        "Number of places must be between 0 and 20, and no more than the people living here";
    const auto door = TestDoor::opened("current");
    fits(*door, "first_aid_places", "20");
    does_not_fit(*door, "first_aid_places", "21", words);
    door->say("household_size", "4");
    fits(*door, "first_aid_places", "0");
    fits(*door, "first_aid_places", "4");
    does_not_fit(*door, "first_aid_places", "5", words);
    door->say("household_size", AnswerKind::dont_know);
    CHECK(door->fault("first_aid_places") == Violation::none);
}

TEST_CASE("long texts are kept and marked", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    const std::string words = "The text must be 1000 characters or fewer";
    door->say("concerns", "other");
    for (const std::string name : {"concern_detail", "other_notes"}) {
        fits(*door, name, std::string(1000, 'a'));
        does_not_fit(*door, name, std::string(1001, 'a'), words);
    }
    door->say("language", "other");
    fits(*door, "language_other", "Yoruba");
    does_not_fit(*door, "language_other", std::string(61, 'a'), "The name must be 60 characters or fewer");
}

}  // namespace doorstep
