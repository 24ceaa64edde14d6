// The scenario households of the field that this form serves.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

bool names(const Suggestion* suggestion, const std::string& question) {
    return suggestion != nullptr && std::find(suggestion->shares.begin(), suggestion->shares.end(),
                                              question) != suggestion->shares.end();
}

}  // namespace

TEST_CASE("household 1: 82, alone, no alarm: detector, fitting, fire and Safe and Well", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("household_size", "1").say("age_bands", "75_84").say("tenure", "owner");
    door->say("smoke_alarms", "none").say("smoke_alarm_accept", "supply_and_fit").say("home_safety", "yes");
    CHECK(door->referrals() == Codes{"fire:alarm_fitting", "fire:fire_safe_and_well"});
    CHECK(door->offers() == Codes{"smoke_detector", "smoke_detector_fitting", "home_safety_check"});
    CHECK(door->value("home_safety_because") == "person_65_or_over lives_alone no_sufficient_alarm");
    CHECK(door->session().blocked().empty());
    for (const Suggestion& one : door->all())
        if (one.service == "fire_safe_and_well") {
            CHECK(names(&one, "age_bands"));
            CHECK_FALSE(names(&one, "volunteering"));
        } else if (one.service == "alarm_fitting") {
            CHECK(one.urgency == Urgency::soon);
        }
}

TEST_CASE("household 2: private rent, alarms on some floors: fire and housing", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("tenure", "private_rent").say("smoke_alarms", "some_floors");
    door->say("smoke_alarm_accept", "supply_and_fit");
    CHECK(door->referrals() == Codes{"fire:alarm_fitting", "housing_hbc"});
    // The tenant hears it before the question.
    CHECK(door->find("housing_hbc")
              ->reason.find("The housing officer may need to speak to your landlord. Is that all right?") !=
          std::string::npos);
}

TEST_CASE("household 3: six people, a smoker, help declined: nothing is suggested", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        const auto door = TestDoor::opened(version);
        door->say("household_size", "6").say("age_bands", "5_17 18_59").say("tenure", "owner");
        door->say("crime_advice", "no").say("vehicles", "2").say("plate_screws", "no_thanks");
        door->say("smoke_alarms", "some_floors").say("smoke_alarm_accept", "no");
        door->say("smoker_home", "yes").say("quit_help", "no").say("lifestyle_help", "none");
        door->say("home_safety", "no").say("watch", "no").say("first_aid_places", "0");
        door->say("volunteering", "no").say("help_topics", "none");
        CHECK(door->all().empty());
        CHECK(door->session().blocked().empty());
        CHECK(door->session().answered().size() > 10);
    }
}

TEST_CASE("household 4: wants the Watch: one referral, one sign-up", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("household_size", "2").say("age_bands", "60_64").say("watch", "wants_to_join");
    CHECK(door->referrals() == Codes{"nhw"});
    CHECK(door->offers() == Codes{"watch_signup"});
    CHECK(door->find("nhw")->reason == "You would like to join Neighbourhood Watch.");
}

TEST_CASE("household 7: four first-aid places: one Red Cross referral with the number", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("household_size", "5").say("age_bands", "18_59").say("first_aid_places", "4");
    CHECK(door->referrals() == Codes{"red_cross"});
    CHECK(door->offers() == Codes{"first_aid_session"});
    CHECK(door->quantity("first_aid_session") == 4);
    CHECK(names(door->find("red_cross"), "first_aid_places"));
    CHECK(door->find("red_cross")->reason == "Places wanted at a free first-aid session: 4.");
    door->say("first_aid_places", "3");
    CHECK(door->quantity("first_aid_session") == 3);
    CHECK(door->find("red_cross")->reason == "Places wanted at a free first-aid session: 3.");
}

TEST_CASE("household 8: Polish and large print: words, pack and interpreter", "[questionnaires]") {
    TestDoor door("current");
    door.say("language", "pl").say("format", "large_print").speak("Polish (pl)");
    CHECK(door.value("interpreter_needed") == "yes");
    CHECK(door.offers() == Codes{"large_print_pack"});
    door.say("privacy_given", "OK").say("adult_respondent", "yes");
    CHECK(door.question("household_size").label == "Ile osób tu mieszka?");
    door.say("first_aid_places", "2");
    const Suggestion* red_cross = door.find("red_cross");
    REQUIRE(red_cross);
    CHECK(red_cross->reason == "Liczba miejsc na bezpłatnych zajęciach z pierwszej pomocy: 2.");
    CHECK(names(red_cross, "language"));
    CHECK(names(red_cross, "format"));
    door.say("household_size", "99");
    CHECK(door.question("household_size").violation_text == "Liczba osób musi być od 1 do 20");
}

TEST_CASE("household 9: a restricted concern stays apart and is sealed when the page is left",
          "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("help_topics", "help_at_home").say("officer_concern", "domestic_abuse self_neglect");
    door->say("safe_contact", "text");
    CHECK(door->referrals() == Codes{"herts_home_help"});
    CHECK(door->concerns() == Codes{"adult_care", "domestic_abuse"});
    CHECK(door->find("domestic_abuse")->urgency == Urgency::today);
    for (const AnsweredQuestion& one : door->session().answered())
        CHECK(one.sensitivity != Sensitivity::restricted);
    const auto held = door->session().take_restricted();
    REQUIRE(held.size() == 2);
    CHECK(held.front().second.view() == "domestic_abuse self_neglect");
    CHECK(door->concerns().empty());
    CHECK(door->question("officer_concern").answer.kind == AnswerKind::sealed);
    CHECK(door->referrals() == Codes{"herts_home_help"});
    CHECK(door->session().submission().find("self_neglect") == std::string::npos);
}

TEST_CASE("household 10: yes to Fire and no to Red Cross: two suggestions, each on its own",
          "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("household_size", "2").say("smoke_alarms", "unsure").say("smoke_alarm_accept", "supply_only");
    door->say("first_aid_places", "2");
    CHECK(door->referrals() == Codes{"fire:alarm_supply", "red_cross"});
    CHECK_FALSE(names(door->find("fire"), "first_aid_places"));
    CHECK_FALSE(names(door->find("red_cross"), "smoke_alarms"));
}

TEST_CASE("a whole door settles step by step as it would from scratch", "[questionnaires]") {
    const std::vector<std::pair<std::string, std::string>> said{{"language", "pa"},
                                                                {"format", "large_print"},
                                                                {"privacy_given", "OK"},
                                                                {"adult_respondent", "no"},
                                                                {"adult_respondent", "yes"},
                                                                {"household_size", "2"},
                                                                {"age_bands", "0_4 18_59"},
                                                                {"tenure", "hmo"},
                                                                {"feel_safe_dark", "unsafe"},
                                                                {"concerns", "drugs scams"},
                                                                {"concern_detail", "Most nights"},
                                                                {"crime_advice", "no"},
                                                                {"vehicles", "1"},
                                                                {"plate_screws", "screws"},
                                                                {"smoke_alarms", "none"},
                                                                {"smoke_alarm_accept", "supply_and_fit"},
                                                                {"alarms_fitted_now", "2"},
                                                                {"alarms_type", "optical"},
                                                                {"smoker_home", "yes"},
                                                                {"quit_help", "not_now"},
                                                                {"lifestyle_help", "falls"},
                                                                {"home_safety", "yes"},
                                                                {"watch", "wants_info"},
                                                                {"first_aid_places", "3"},
                                                                {"volunteering", "yes"},
                                                                {"help_topics", "company food"},
                                                                {"officer_concern", "child_at_risk"},
                                                                {"household_size", "3"},
                                                                {"smoke_alarms", "every_floor_tested"}};
    TestDoor door("current");
    for (const auto& [question, text] : said) {
        INFO(question << " = " << text);
        door.say(question, text);
        CHECK(door.session().last_cost().most_per_vertex <= 1);
        CHECK(door.session().dump() == door.session().dump_from_scratch());
    }
    CHECK(door.session().blocked().empty());
    CHECK(door.concerns() == Codes{"child_services"});
}

}  // namespace doorstep
