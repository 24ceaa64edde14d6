// Safe and Well, question by question: what each answer suggests, whom it goes to, how
// soon, and which answers they learn; and what suggests nothing.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/forms/questionnaires/what_is_suggested.h"

namespace doorstep {
namespace {

void suggests(const Said& said, const Lines& lines) {
    doorstep::suggests("safe_and_well/current", said, lines);
}

void each(const std::string& question, const std::vector<std::string>& texts, const Lines& lines,
          const Said& before = {}) {
    for (const std::string& text : texts) {
        Said said = before;
        said.emplace_back(question, text);
        suggests(said, lines);
    }
}

const Lines nothing;
const Lines advice{"fire_safety_advice 1"};
const std::vector<std::string> rented{"social_rent", "private_rent", "hmo"};
const std::vector<std::string> not_rented{"owner", "sheltered", "other"};

}  // namespace

TEST_CASE("safe and well: who is there suggests nothing by itself", "[questionnaires][safe_and_well]") {
    suggests({{"language", "pl"}, {"format", "standard"}}, nothing);
    suggests({{"format", "audio large_print"}}, {"large_print_pack 1"});
    each("respondent", {"resident", "family", "carer", "neighbour", "professional"}, nothing);
    each("visit_reason",
         {"partner_referral", "self_referral", "safer_streets", "after_incident", "revisit", "other"},
         nothing);
    suggests({{"occupants", "1"}, {"age_bands", "85_plus"}, {"lives_alone", "yes"}}, nothing);
    suggests({{"occupants", "4"}, {"age_bands", "0_4 18_59"}, {"lives_alone", "no"}}, nothing);
}

TEST_CASE("safe and well: health", "[questionnaires][safe_and_well]") {
    each("health_factors",
         {"mobility", "sight", "learning", "mental_health", "long_term_condition", "frailty",
          "bed_or_chair_bound", "none"},
         nothing);
    suggests({{"health_factors", "hearing"}}, {"specialist_alarm 1"});
    suggests({{"health_factors", "memory"}}, {"memory_support routine"});
    each("health_factors", {"oxygen", "emollients", "airflow_mattress", "oxygen emollients"}, advice);
    suggests({{"health_factors", "hearing memory oxygen"}},
             {"specialist_alarm 1", "memory_support routine", "fire_safety_advice 1"});
}

TEST_CASE("safe and well: getting out", "[questionnaires][safe_and_well]") {
    each("escape_ability", {"yes", "slowly_or_with_aid"}, nothing);
    each("escape_ability", {"needs_another_person", "no"}, {"adult_care soon, escape_ability"});
    each("pendant", {"worn_and_linked", "worn_not_linked", "not_worn", "no"}, nothing);
    suggests({{"pendant", "wants_one"}}, {"herts_help:equipment routine, pendant"});
}

TEST_CASE("safe and well: a smoke alarm for every floor, with how many are missing",
          "[questionnaires][safe_and_well]") {
    suggests({{"storeys", "2"}}, nothing);
    suggests({{"alarms_working", "0"}}, nothing);
    suggests({{"storeys", "2"}, {"alarms_working", "2"}}, nothing);
    suggests({{"storeys", "2"}, {"alarms_working", "5"}}, nothing);
    suggests({{"storeys", "3"}, {"alarms_working", "1"}}, {"smoke_detector 2", "smoke_detector_fitting 2"});
    suggests({{"storeys", "1"}, {"alarms_working", "0"}}, {"smoke_detector 1", "smoke_detector_fitting 1"});
}

TEST_CASE("safe and well: alarms fitted today are offers with their number",
          "[questionnaires][safe_and_well]") {
    suggests({{"alarms_fitted_now", "0"}}, nothing);
    suggests({{"alarms_fitted_now", "3"}}, {"smoke_detector 3", "smoke_detector_fitting 3"});
    const Said short_of_two{{"storeys", "2"}, {"alarms_working", "0"}};
    each("alarms_fitted_now", {"0"}, {"smoke_detector 2", "smoke_detector_fitting 2"}, short_of_two);
    each("alarms_fitted_now", {"2"}, {"smoke_detector 2", "smoke_detector_fitting 2"}, short_of_two);
    each("alarms_fitted_now", {"1"}, {"smoke_detector 1", "smoke_detector_fitting 1"}, short_of_two);
}

TEST_CASE("safe and well: testing and hearing the alarm", "[questionnaires][safe_and_well]") {
    const Said an_alarm{{"alarms_working", "1"}};
    each("alarm_test_habit", {"weekly", "monthly", "unsure"}, nothing, an_alarm);
    each("alarm_test_habit", {"less_often", "never"}, advice, an_alarm);
    // Without a working alarm there is nothing to test.
    suggests({{"alarms_working", "1"}, {"alarm_test_habit", "never"}, {"alarms_working", "0"}}, nothing);
    suggests({{"heard_when_asleep", "yes"}}, nothing);
    each("heard_when_asleep", {"no", "unsure"}, {"specialist_alarm 1"});
}

TEST_CASE("safe and well: an alarm shortfall in a rented home goes to the housing officer",
          "[questionnaires][safe_and_well]") {
    const Said shortfall{{"storeys", "2"}, {"alarms_working", "1"}};
    const Lines offers{"smoke_detector 1", "smoke_detector_fitting 1"};
    Lines with_housing = offers;
    with_housing.insert("housing_hbc soon, tenure storeys alarms_working alarms_fitted_now");
    each("tenure", rented, with_housing, shortfall);
    each("tenure", not_rented, offers, shortfall);
    each("tenure", rented, nothing, {{"storeys", "2"}, {"alarms_working", "2"}});
    // What we fit is a stop-gap: the landlord still has to see to it.
    each("tenure", rented, with_housing,
         {{"storeys", "2"}, {"alarms_working", "1"}, {"alarms_fitted_now", "1"}});
}

TEST_CASE("safe and well: carbon monoxide", "[questionnaires][safe_and_well]") {
    each("burns_fuel", {"gas_boiler", "gas_fire", "solid_fuel", "oil", "gas_cooker_only", "none"}, nothing);
    for (const std::string fuel : {"gas_boiler", "gas_fire", "solid_fuel", "oil"}) {
        each("co_alarm", {"yes"}, nothing, {{"burns_fuel", fuel}});
        each("co_alarm", {"some_rooms", "no", "unsure"}, {"co_alarm_advice 1"}, {{"burns_fuel", fuel}});
    }
    for (const std::string& tenure : rented)
        each("co_alarm", {"some_rooms", "no", "unsure"},
             {"co_alarm_advice 1", "housing_hbc soon, tenure burns_fuel co_alarm"},
             {{"burns_fuel", "gas_fire"}, {"tenure", tenure}});
    for (const std::string& tenure : not_rented)
        each("co_alarm", {"no"}, {"co_alarm_advice 1"}, {{"burns_fuel", "solid_fuel"}, {"tenure", tenure}});
    suggests({{"tenure", "hmo"}, {"burns_fuel", "oil"}, {"co_alarm", "no"}, {"burns_fuel", "none"}}, nothing);
}

TEST_CASE("safe and well: smoking", "[questionnaires][safe_and_well]") {
    each("smoking", {"smokes_indoors", "smokes_outdoors", "vapes", "no"}, nothing);
    const Said indoors{{"smoking", "smokes_indoors"}};
    each("smoking_risks", {"none"}, nothing, indoors);
    each("smoking_risks",
         {"smokes_in_bed_or_chair", "burn_marks", "falls_asleep", "near_oxygen_or_creams",
          "careless_disposal", "burn_marks falls_asleep"},
         {"fire_retardant_bedding 1", "fire:smoking_follow_up soon, smoking_risks"}, indoors);
    for (const std::string smoking : {"smokes_indoors", "smokes_outdoors"}) {
        each("quit_help", {"no", "not_now"}, nothing, {{"smoking", smoking}});
        each("quit_help", {"yes"}, {"quit_smoking_support 1", "stop_smoking routine"},
             {{"smoking", smoking}});
    }
    suggests({{"smoking", "smokes_indoors"},
              {"smoking_risks", "burn_marks"},
              {"quit_help", "yes"},
              {"smoking", "vapes"}},
             nothing);
}

TEST_CASE("safe and well: cooking, electrics, heating and candles", "[questionnaires][safe_and_well]") {
    each("cooking_risks",
         {"left_unattended", "open_pan_frying", "grease_build_up", "items_near_hob", "past_cooking_fire"},
         advice);
    each("electrical_risks",
         {"overloaded_sockets", "linked_extensions", "damaged_leads", "old_electric_blanket",
          "ebike_or_scooter_charging", "doubtful_chargers"},
         advice);
    each("heating_risks",
         {"portable_heater", "items_drying_near_heat", "open_fire_no_guard", "unswept_chimney"}, advice);
    for (const std::string question : {"cooking_risks", "electrical_risks", "heating_risks"})
        each(question, {"none"}, nothing);
    each("candles", {"never", "sometimes"}, nothing);
    each("candles", {"daily"}, advice);
    for (const std::string& tenure : rented) {
        each("electrical_risks", {"damaged_leads", "damaged_leads old_electric_blanket"},
             {"fire_safety_advice 1", "housing_hbc soon, tenure"}, {{"tenure", tenure}});
        each("electrical_risks", {"overloaded_sockets"}, advice, {{"tenure", tenure}});
    }
    for (const std::string& tenure : not_rented)
        each("electrical_risks", {"damaged_leads"}, advice, {{"tenure", tenure}});
}

TEST_CASE("safe and well: clutter, the way out and the night", "[questionnaires][safe_and_well]") {
    each("clutter_level", {"1", "2", "3"}, nothing);
    each("clutter_level", {"4", "5", "6"}, advice);
    each("clutter_level", {"7", "8", "9"}, {"adult_care soon, clutter_level"});
    each("exits", {"clear_route", "keys_to_hand", "barred_window", "none", "clear_route keys_to_hand"},
         nothing);
    each("exits", {"blocked_route", "locked_no_key", "blocked_route locked_no_key"}, advice);
    each("escape_plan", {"yes", "made_today", "no"}, nothing);
    each("night_routine", {"doors_closed", "appliances_off", "heaters_off", "candles_out", "route_checked"},
         nothing);
    each("night_routine", {"nothing_yet"}, advice);
}

TEST_CASE("safe and well: warmth, company and meals", "[questionnaires][safe_and_well]") {
    each("warmth", {"always", "mostly"}, nothing);
    each("warmth", {"rarely", "no"}, {"warm_home_pack 1", "herts_help:warmth routine, warmth"});
    each("fuel_worry", {"no"}, nothing);
    each("fuel_worry", {"yes"}, {"citizens_advice routine"});
    each("company", {"daily", "most_days"}, nothing);
    each("company", {"weekly", "less"}, {"herts_help:company routine"});
    each("meals", {"yes", "sometimes"}, nothing);
    const Lines eats_little{"herts_help:meals routine", "gp soon"};
    each("meals", {"no"}, eats_little);
    each("food_money_reason", {"no"}, eats_little, {{"meals", "no"}});
    Lines no_money = eats_little;
    no_money.insert("foodbank soon");
    each("food_money_reason", {"yes"}, no_money, {{"meals", "no"}});
    suggests({{"meals", "no"}, {"food_money_reason", "yes"}, {"meals", "yes"}}, nothing);
}

TEST_CASE("safe and well: activity and falls", "[questionnaires][safe_and_well]") {
    each("activity", {"0", "1", "2", "7"}, nothing);
    for (const std::string days : {"0", "1"}) {
        each("activity_interest", {"no"}, nothing, {{"activity", days}});
        each("activity_interest", {"yes"}, {"healthy_lifestyle_help 1", "activity_scheme routine"},
             {{"activity", days}});
    }
    suggests({{"activity", "0"}, {"activity_interest", "yes"}, {"activity", "2"}}, nothing);
    each("falls_12m", {"0"}, nothing);
    each("falls_12m", {"1", "7", "99"}, {"falls routine, falls_12m"});
    each("falls_hazards", {"loose_rugs", "poor_light", "footwear", "none"}, nothing);
    each("falls_hazards", {"stairs_no_rail", "bathroom", "outdoor_steps", "loose_rugs bathroom"},
         {"herts_help:equipment routine, falls_hazards"});
}

TEST_CASE("safe and well: help, loss and advice need a yes", "[questionnaires][safe_and_well]") {
    for (const std::string question : {"alcohol_drugs", "money_debt", "bereavement", "security"})
        each(question, {"no"}, nothing);
    each("alcohol_drugs", {"yes"}, {"drug_alcohol routine"});
    each("help_at_home", {"no", "has_help"}, nothing);
    each("help_at_home", {"would_like_help"}, {"herts_home_help routine", "herts_help:help_at_home routine"});
    each("money_debt", {"yes"}, {"citizens_advice routine"});
    each("bereavement", {"yes"}, {"herts_help:bereavement routine", "herts_mind routine"});
    each("security", {"yes"}, {"crime_prevention_advice 1", "police routine"});
}

TEST_CASE("safe and well: scams, with and without a loss", "[questionnaires][safe_and_well]") {
    each("scams", {"no"}, nothing);
    each("scams", {"yes_no_loss"}, {"scam_advice 1", "trading_standards routine"});
    each("scams", {"yes_lost_money"}, {"scam_advice 1", "trading_standards soon", "police soon"});
}

TEST_CASE("safe and well: a threat of arson is restricted, today, and to police and fire",
          "[questionnaires][safe_and_well]") {
    const std::string only_safe_contact = " today, safe_contact safe_contact_note";
    each("arson_threat", {"no"}, nothing);
    each("arson_threat", {"yes"},
         {"restricted police" + only_safe_contact, "restricted fire:arson_threat" + only_safe_contact,
          "restricted letterbox_protection 1"});
    // It never joins an ordinary referral to the same agency.
    suggests({{"security", "yes"}, {"arson_threat", "yes"}},
             {"crime_prevention_advice 1", "police routine", "restricted police" + only_safe_contact,
              "restricted fire:arson_threat" + only_safe_contact, "restricted letterbox_protection 1"});
    TestDoor door("safe_and_well/current");
    door.say("arson_threat", "yes");
    CHECK(door.referrals().empty());
    CHECK(door.offers().empty());
    CHECK_FALSE(door.session().take_restricted().empty());
    CHECK(door.all().empty());
    CHECK(door.session().submission().find("threatened") == std::string::npos);
}

TEST_CASE("safe and well: the officer's concerns", "[questionnaires][safe_and_well]") {
    const std::string how = ", safe_contact safe_contact_note";
    each("officer_concern", {"none", "immediate_danger"}, nothing);
    each("officer_concern", {"adult_at_risk", "self_neglect", "adult_at_risk self_neglect"},
         {"restricted adult_care soon" + how});
    each("officer_concern", {"child_at_risk", "exploitation"}, {"restricted child_services today" + how});
    each("officer_concern", {"domestic_abuse"}, {"restricted domestic_abuse today" + how});
    each("officer_concern", {"slavery"}, {"restricted modern_slavery_unit today" + how});
    // Care for someone who cannot get out needs agreement; a concern stands beside it.
    suggests({{"escape_ability", "no"}, {"officer_concern", "self_neglect"}},
             {"adult_care soon, escape_ability", "restricted adult_care soon" + how});
}

TEST_CASE("safe and well: the risk band suggests nothing to anyone", "[questionnaires][safe_and_well]") {
    each("risk_band", {"low", "medium", "high", "very_high"}, nothing);
}

TEST_CASE("safe and well: don't know, prefer not to say and not asked suggest nothing",
          "[questionnaires][safe_and_well]") {
    for (const AnswerKind kind : {AnswerKind::dont_know, AnswerKind::prefer_not, AnswerKind::not_asked}) {
        const auto door = TestDoor::opened("safe_and_well/current");
        for (const NodeRef node : door->session().nodes(true)) {
            const auto view = door->session().view(node);
            REQUIRE(view.ok());
            if (view->type != QuestionType::group && view->type != QuestionType::note &&
                view->type != QuestionType::hidden && view->name != "privacy_given" &&
                view->name != "adult_respondent")
                door->say(view->name, kind);
        }
        CHECK(door->all().empty());
        CHECK(door->session().blocked().empty());
        CHECK(door->value("risk_points") == "0");
        CHECK(door->value("home_safety_because").empty());
    }
}

TEST_CASE("safe and well: before the landlord is spoken to, the tenant hears it",
          "[questionnaires][safe_and_well]") {
    const auto door = TestDoor::opened("safe_and_well/current");
    door->say("tenure", "hmo").say("storeys", "2").say("alarms_working", "0");
    door->say("burns_fuel", "gas_fire").say("co_alarm", "no").say("electrical_risks", "damaged_leads");
    std::size_t heard = 0;
    for (const Suggestion& one : door->all())
        if (one.code == "housing_hbc" &&
            one.reason.ends_with(
                "The housing officer may need to speak to your landlord. Is that all right?"))
            ++heard;
    CHECK(heard == 3);
}

}  // namespace doorstep
