// Safe and Well: the points behind the proposed band, the officer's own band, and which
// home qualifies for a home safety check.
#include <catch2/catch.hpp>
#include <string>

#include "tests/forms/questionnaires/what_is_suggested.h"

namespace doorstep {
namespace {

std::unique_ptr<TestDoor> door_with(const Said& said) {
    auto door = TestDoor::opened("safe_and_well/current");
    for (const auto& [question, text] : said)
        door->say(question, text);
    return door;
}

void points(const Said& said, int expected) {
    std::string all;
    for (const auto& [question, text] : said)
        all += question + "=" + text + " ";
    INFO(all);
    CHECK(door_with(said)->value("risk_points") == std::to_string(expected));
}

}  // namespace

TEST_CASE("risk points of the people", "[questionnaires][safe_and_well]") {
    points({}, 0);
    for (const std::string band : {"0_4", "5_17", "18_59", "60_64"})
        points({{"age_bands", band}}, 0);
    for (const std::string band : {"65_74", "75_84", "85_plus", "65_74 85_plus"})
        points({{"age_bands", band}}, 1);  // once, however many
    points({{"lives_alone", "yes"}}, 1);
    points({{"lives_alone", "no"}}, 0);
    for (const std::string factor : {"mobility", "sight", "hearing", "memory", "learning", "mental_health",
                                     "long_term_condition", "frailty", "emollients"})
        points({{"health_factors", factor}}, 1);
    for (const std::string factor : {"oxygen", "airflow_mattress", "bed_or_chair_bound"})
        points({{"health_factors", factor}}, 2);
    points({{"health_factors", "none"}}, 0);
    points({{"health_factors", "mobility hearing oxygen"}}, 4);
}

TEST_CASE("risk points of waking and getting out", "[questionnaires][safe_and_well]") {
    points({{"heard_when_asleep", "yes"}}, 0);
    points({{"heard_when_asleep", "no"}}, 2);
    points({{"heard_when_asleep", "unsure"}}, 2);
    points({{"escape_ability", "yes"}}, 0);
    points({{"escape_ability", "slowly_or_with_aid"}}, 1);
    points({{"escape_ability", "needs_another_person"}}, 3);
    points({{"escape_ability", "no"}}, 3);
}

TEST_CASE("risk points of the home", "[questionnaires][safe_and_well]") {
    points({{"smoking", "smokes_outdoors vapes"}}, 0);
    points({{"smoking", "smokes_indoors"}}, 2);
    points({{"smoking", "smokes_indoors"}, {"smoking_risks", "none"}}, 2);
    points({{"smoking", "smokes_indoors"}, {"smoking_risks", "burn_marks falls_asleep"}}, 5);
    points({{"storeys", "2"}, {"alarms_working", "2"}}, 0);
    points({{"storeys", "2"}, {"alarms_working", "1"}}, 3);
    points({{"storeys", "2"}, {"alarms_working", "1"}, {"alarms_fitted_now", "1"}}, 0);  // after the visit
    for (const std::string level : {"1", "3"})
        points({{"clutter_level", level}}, 0);
    for (const std::string level : {"4", "6"})
        points({{"clutter_level", level}}, 2);
    for (const std::string level : {"7", "9"})
        points({{"clutter_level", level}}, 4);
    // What is restricted adds nothing.
    points({{"arson_threat", "yes"}, {"officer_concern", "self_neglect"}}, 0);
}

TEST_CASE("the points propose a band, at its very edges", "[questionnaires][safe_and_well]") {
    const auto proposed = [](const Said& said, int expected, const std::string& band) {
        const auto door = door_with(said);
        CHECK(door->value("risk_points") == std::to_string(expected));
        CHECK(door->value("risk_band_proposed") == band);
    };
    const Said alarms{{"storeys", "1"}, {"alarms_working", "0"}};
    const auto and_more = [&](const Said& more) {
        Said all = alarms;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    proposed({}, 0, "low");
    proposed(alarms, 3, "low");
    proposed(and_more({{"lives_alone", "yes"}}), 4, "medium");
    proposed(and_more({{"clutter_level", "9"}}), 7, "medium");
    proposed(and_more({{"clutter_level", "9"}, {"lives_alone", "yes"}}), 8, "high");
    proposed(and_more({{"clutter_level", "9"}, {"escape_ability", "no"}, {"heard_when_asleep", "no"}}), 12,
             "high");
    proposed(and_more({{"clutter_level", "9"},
                       {"escape_ability", "no"},
                       {"heard_when_asleep", "no"},
                       {"age_bands", "85_plus"}}),
             13, "very_high");
}

TEST_CASE("the proposed band is said in words, about the home", "[questionnaires][safe_and_well]") {
    const auto door = door_with({{"health_factors", "oxygen mobility frailty"}, {"clutter_level", "8"}});
    CHECK(door->question("risk_band_note").label ==
          "Suggested from the answers: high. It is about the home and no score of a person.");
    CHECK(door->value("risk_band").empty());
}

TEST_CASE("another band than the proposed one wants a reason", "[questionnaires][safe_and_well]") {
    const auto door = door_with({{"clutter_level", "5"}, {"lives_alone", "yes"}, {"age_bands", "75_84"}});
    REQUIRE(door->value("risk_band_proposed") == "medium");
    CHECK_FALSE(door->shown("risk_band_reason"));
    door->say("risk_band", "medium");
    CHECK_FALSE(door->shown("risk_band_reason"));
    CHECK(door->session().blocked().empty());
    door->say("risk_band", "low");
    CHECK(door->shown("risk_band_reason"));
    REQUIRE(door->session().blocked().size() == 1);
    CHECK(door->session().blocked().front().text ==
          "Write in a few words why, or select the suggested level");
    door->say("risk_band_reason", "A daughter is moving in today");
    CHECK(door->session().blocked().empty());
}

TEST_CASE("a high band makes a follow-up with a date, a very high one a telephone call",
          "[questionnaires][safe_and_well]") {
    const auto door = door_with({});
    const auto follow_up = [&](const std::string& band, const std::string& due, bool call) {
        INFO(band);
        door->say("risk_band", band);
        CHECK(door->shown("followup_task") == !due.empty());
        CHECK(door->shown("call_fire_today") == call);
        if (!due.empty()) {
            CHECK(door->value("followup_due") == due);
            CHECK(door->question("followup_task").label ==
                  "Follow-up: visit this home again by " + due + ".");
        }
    };
    follow_up("low", "", false);
    follow_up("medium", "", false);
    follow_up("high", "2026-04-11", false);  // the door is on 14 March 2026
    follow_up("very_high", "2026-03-21", true);
}

TEST_CASE("the whole rule says why a home qualifies for a safety check", "[questionnaires][safe_and_well]") {
    const auto because = [](const Said& said) { return door_with(said)->value("home_safety_because"); };
    CHECK(because({}).empty());
    for (const std::string band : {"65_74", "75_84", "85_plus"})
        CHECK(because({{"age_bands", band}}) == "person_65_or_over");
    CHECK(because({{"age_bands", "60_64"}}).empty());
    CHECK(because({{"age_bands", "0_4"}}) == "child_under_5");
    CHECK(because({{"lives_alone", "yes"}}).empty());
    CHECK(because({{"lives_alone", "yes"}, {"health_factors", "none"}}).empty());
    CHECK(because({{"lives_alone", "yes"}, {"health_factors", "sight"}}) == "alone_with_health_factor");
    CHECK(because({{"lives_alone", "no"}, {"health_factors", "sight"}}).empty());
    CHECK(because({{"smoking", "smokes_indoors"}}) == "smoker_indoors");
    CHECK(because({{"smoking", "smokes_outdoors"}}).empty());
    CHECK(because({{"alarms_working", "0"}}) == "no_working_alarm");
    CHECK(because({{"alarms_working", "1"}}).empty());
    CHECK(because({{"escape_ability", "yes"}}).empty());
    for (const std::string how : {"slowly_or_with_aid", "needs_another_person", "no"})
        CHECK(because({{"escape_ability", how}}) == "cannot_escape_quickly");
    const auto door = door_with({{"age_bands", "85_plus"}, {"alarms_working", "0"}});
    CHECK(door->value("home_safety_because") == "person_65_or_over no_working_alarm");
    CHECK(door->value("home_safety_eligible") == "yes");
    CHECK(door->value("home_safety_rule") == "full-1");
    CHECK(door->shown("eligible"));
    CHECK(door->shown("eligible_person_65_or_over"));
    CHECK(door->shown("eligible_no_working_alarm"));
    CHECK_FALSE(door->shown("eligible_child_under_5"));
    CHECK_FALSE(door->shown("not_eligible"));
}

TEST_CASE("no escape plan is said again at the end", "[questionnaires][safe_and_well]") {
    const auto door = door_with({});
    for (const std::string plan : {"yes", "made_today"})
        CHECK_FALSE(door->say("escape_plan", plan).shown("escape_plan_missing"));
    CHECK(door->say("escape_plan", "no").shown("escape_plan_missing"));
}

TEST_CASE("household 5: memory and scams, money lost, a carer answers", "[questionnaires][safe_and_well]") {
    const auto door = door_with({{"respondent", "carer"},
                                 {"occupier_agrees", "yes"},
                                 {"health_factors", "memory"},
                                 {"scams", "yes_lost_money"}});
    CHECK(what_is_suggested(*door) ==
          Lines{"memory_support routine", "trading_standards soon", "police soon", "scam_advice 1"});
    CHECK(door->value("respondent") == "carer");
}

TEST_CASE("household 12: a stove, no carbon monoxide alarm, an owner: advice alone",
          "[questionnaires][safe_and_well]") {
    const auto door = door_with({{"burns_fuel", "solid_fuel"}, {"co_alarm", "no"}, {"tenure", "owner"}});
    CHECK(what_is_suggested(*door) == Lines{"co_alarm_advice 1"});
}

}  // namespace doorstep
