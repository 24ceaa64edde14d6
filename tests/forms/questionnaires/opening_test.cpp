// What opens when: the privacy step, the adult, and every question that depends
// on another.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

const std::vector<std::string> after_privacy{
    "household_size", "age_bands",    "tenure",      "feel_safe_dark",  "concerns",    "crime_advice",
    "vehicles",       "smoke_alarms", "smoker_home", "lifestyle_help",  "home_safety", "watch",
    "volunteering",   "help_topics",  "other_notes", "first_aid_places"};

const std::vector<std::string> versions{"2013", "current"};

}  // namespace

TEST_CASE("nothing but language and format is asked before the privacy step is confirmed",
          "[questionnaires]") {
    for (const std::string& version : versions) {
        TestDoor door(version);
        CHECK(door.shown("language"));
        CHECK(door.shown("format"));
        CHECK(door.shown("privacy_given"));
        CHECK_FALSE(door.shown("adult_respondent"));
        for (const std::string& name : after_privacy) {
            INFO(name);
            CHECK_FALSE(door.shown(name));
        }
        door.say("language", "pl").say("format", "audio");
        CHECK_FALSE(door.shown("adult_respondent"));
        door.say("privacy_given", "OK");
        CHECK(door.shown("adult_respondent"));
        door.say("privacy_given", "");
        CHECK_FALSE(door.shown("adult_respondent"));
    }
}

TEST_CASE("the privacy step is no question that one may leave out", "[questionnaires]") {
    for (const AnswerKind kind : {AnswerKind::dont_know, AnswerKind::prefer_not, AnswerKind::not_asked}) {
        TestDoor door("current");
        door.say("privacy_given", kind);
        CHECK_FALSE(door.shown("adult_respondent"));
        CHECK_FALSE(door.shown("household_size"));
    }
}

TEST_CASE("an unconfirmed privacy step stands in the way of the finish, in plain words", "[questionnaires]") {
    TestDoor door("current");
    REQUIRE(door.session().blocked().size() == 1);
    CHECK(door.session().blocked().front().text ==
          "Explain who we are and confirm it, then the questions open");
}

TEST_CASE("no adult ends the questions, asks to call back and leaves the officer's page open",
          "[questionnaires]") {
    for (const std::string& version : versions) {
        TestDoor door(version);
        door.say("privacy_given", "OK").say("adult_respondent", "no");
        for (const std::string& name : after_privacy) {
            INFO(name);
            CHECK_FALSE(door.shown(name));
        }
        CHECK(door.shown("call_back"));
        CHECK(door.shown("officer_concern"));
        CHECK(door.session().blocked().empty());
        door.say("officer_concern", "child_at_risk");
        CHECK(door.concerns() == Codes{"child_services"});
        door.say("adult_respondent", "yes");
        CHECK_FALSE(door.shown("call_back"));
        CHECK(door.shown("household_size"));
    }
}

TEST_CASE("the officer's page is the same on every question, also when the door closes first",
          "[questionnaires]") {
    TestDoor door("current");
    CHECK(door.shown("officer_concern"));
    CHECK(door.question("emergency_line").label == "If anyone is in danger now, call 999 first.");
    door.say("officer_concern", "domestic_abuse");
    CHECK(door.concerns() == Codes{"domestic_abuse"});
}

TEST_CASE("another language is asked for by name", "[questionnaires]") {
    TestDoor door("current");
    CHECK_FALSE(door.shown("language_other"));
    door.say("language", "pa");
    CHECK_FALSE(door.shown("language_other"));
    door.say("language", "other");
    CHECK(door.shown("language_other"));
}

TEST_CASE("any language but English flags an interpreter", "[questionnaires]") {
    for (const std::string& version : versions) {
        TestDoor door(version);
        CHECK(door.value("interpreter_needed") == "no");
        for (const std::string code : {"ar", "zh_hans", "pl", "pa", "other"}) {
            door.say("language", code);
            CHECK(door.value("interpreter_needed") == "yes");
        }
        door.say("language", "en");
        CHECK(door.value("interpreter_needed") == "no");
    }
}

TEST_CASE("the detail is asked for five of the worries only", "[questionnaires]") {
    for (const std::string& version : versions) {
        const auto door = TestDoor::opened(version);
        for (const std::string worry : {"asb", "drugs", "rogue_traders", "hate", "other"}) {
            door->say("concerns", worry);
            CHECK(door->shown("concern_detail"));
            door->say("concerns", "parking " + worry);
            CHECK(door->shown("concern_detail"));
        }
        for (const std::string worry :
             {"burglary", "vehicle_crime", "knife_violence", "purse_theft", "scams", "parking", "none"}) {
            door->say("concerns", worry);
            CHECK_FALSE(door->shown("concern_detail"));
        }
    }
}

TEST_CASE("number-plate screws need a vehicle", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    CHECK_FALSE(door->shown("plate_screws"));
    door->say("vehicles", "0");
    CHECK_FALSE(door->shown("plate_screws"));
    door->say("vehicles", "2");
    CHECK(door->shown("plate_screws"));
}

TEST_CASE("free alarms are put to every home without tested alarms on every floor", "[questionnaires]") {
    for (const std::string& version : versions) {
        const auto door = TestDoor::opened(version);
        CHECK_FALSE(door->shown("smoke_alarm_accept"));
        for (const std::string state : {"every_floor_untested", "some_floors", "none", "unsure"}) {
            door->say("smoke_alarms", state);
            CHECK(door->shown("smoke_alarm_accept"));
        }
        door->say("smoke_alarms", "every_floor_tested");
        CHECK_FALSE(door->shown("smoke_alarm_accept"));
        door->say("smoke_alarms", AnswerKind::dont_know);
        CHECK_FALSE(door->shown("smoke_alarm_accept"));
    }
}

TEST_CASE("help to stop is put to homes with a smoker", "[questionnaires]") {
    const auto door = TestDoor::opened("2013");
    CHECK_FALSE(door->shown("quit_help"));
    door->say("smoker_home", "no");
    CHECK_FALSE(door->shown("quit_help"));
    door->say("smoker_home", "yes");
    CHECK(door->shown("quit_help"));
}

TEST_CASE("alarms fitted today are asked where alarms are wanted", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    CHECK_FALSE(door->shown("alarms_fitted_now"));
    door->say("smoke_alarms", "none").say("smoke_alarm_accept", "no");
    CHECK_FALSE(door->shown("alarms_fitted_now"));
    door->say("smoke_alarm_accept", "supply_and_fit");
    CHECK(door->shown("alarms_fitted_now"));
    CHECK_FALSE(door->shown("alarms_type"));
    door->say("alarms_fitted_now", "0");
    CHECK_FALSE(door->shown("alarms_type"));
    door->say("alarms_fitted_now", "2");
    CHECK(door->shown("alarms_type"));
}

TEST_CASE("the home safety page says once that a home qualifies, and then why", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    CHECK(door->shown("not_eligible"));
    CHECK_FALSE(door->shown("eligible"));
    for (const char* reason : {"eligible_age", "eligible_alone", "eligible_smoker", "eligible_alarm",
                               "eligible_child", "home_safety"})
        CHECK(door->question(reason).label.find("qualif") == std::string::npos);
    CHECK(door->value("home_safety_eligible") == "no");
    CHECK(door->value("home_safety_rule") == "doorstep-1");
    door->say("household_size", "1").say("age_bands", "85_plus");
    CHECK_FALSE(door->shown("not_eligible"));
    CHECK(door->shown("eligible"));
    CHECK(door->shown("eligible_age"));
    CHECK(door->shown("eligible_alone"));
    CHECK_FALSE(door->shown("eligible_smoker"));
    CHECK(door->value("home_safety_because") == "person_65_or_over lives_alone");
    door->say("smoker_home", "yes")
        .say("smoke_alarms", "unsure")
        .say("household_size", "2")
        .say("age_bands", "0_4");
    CHECK(door->value("home_safety_because") == "smoker no_sufficient_alarm child_under_5");
}

}  // namespace doorstep
