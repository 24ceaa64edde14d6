// Answer by answer: which offers and referrals the rules suggest, and no others.
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

using Answers = std::vector<std::pair<std::string, std::string>>;

struct Rule {
    Answers answers;
    Codes referrals;
    Codes offers;
};

void check(const std::string& version, const Rule& rule) {
    const auto door = TestDoor::opened(version);
    REQUIRE(door->referrals().empty());
    REQUIRE(door->offers().empty());
    std::string said;
    for (const auto& [question, text] : rule.answers) {
        door->say(question, text);
        said += question + "=" + text + " ";
    }
    INFO(version << ": " << said);
    CHECK(door->referrals() == rule.referrals);
    CHECK(door->offers() == rule.offers);
    CHECK(door->concerns().empty());
}

void check_both(const std::vector<Rule>& rules) {
    for (const Rule& rule : rules)
        for (const std::string version : {"2013", "current"})
            check(version, rule);
}

const Codes nothing;
const Codes advice{"crime_prevention_advice"};
const Codes alarms{"smoke_detector", "smoke_detector_fitting"};

}  // namespace

TEST_CASE("large print suggests its pack", "[questionnaires]") {
    check_both({{{{"format", "standard"}}, nothing, nothing},
                {{{"format", "audio bsl"}}, nothing, nothing},
                {{{"format", "audio large_print"}}, nothing, {"large_print_pack"}}});
}

TEST_CASE("who and how many suggest nothing by themselves", "[questionnaires]") {
    check_both(
        {{{{"household_size", "1"}, {"age_bands", "85_plus"}, {"tenure", "private_rent"}}, nothing, nothing},
         {{{"household_size", "6"}, {"age_bands", "0_4"}, {"tenure", "owner"}}, nothing, nothing}});
}

TEST_CASE("feeling unsafe suggests advice, unless it was just turned down", "[questionnaires]") {
    check_both({{{{"feel_safe_dark", "very_safe"}}, nothing, nothing},
                {{{"feel_safe_dark", "safe"}}, nothing, nothing},
                {{{"feel_safe_dark", "neither"}}, nothing, nothing},
                {{{"feel_safe_dark", "never_out"}}, nothing, nothing},
                {{{"feel_safe_dark", "unsafe"}}, nothing, advice},
                {{{"feel_safe_dark", "very_unsafe"}}, nothing, advice},
                {{{"feel_safe_dark", "very_unsafe"}, {"crime_advice", "no"}}, nothing, nothing},
                {{{"feel_safe_dark", "unsafe"}, {"crime_advice", "yes"}}, {"police"}, advice},
                {{{"crime_advice", "yes"}}, {"police"}, advice},
                {{{"crime_advice", "no"}}, nothing, nothing}});
}

TEST_CASE("each worry goes to the agency that deals with it", "[questionnaires]") {
    check_both({{{{"concerns", "burglary"}}, {"police"}, nothing},
                {{{"concerns", "vehicle_crime"}}, {"police"}, nothing},
                {{{"concerns", "drugs"}}, {"police"}, nothing},
                {{{"concerns", "knife_violence"}}, {"police"}, nothing},
                {{{"concerns", "hate"}}, {"police"}, nothing},
                {{{"concerns", "asb"}}, {"asb_team"}, nothing},
                {{{"concerns", "scams"}}, {"trading_standards"}, nothing},
                {{{"concerns", "rogue_traders"}}, {"trading_standards"}, nothing},
                {{{"concerns", "purse_theft"}}, nothing, nothing},
                {{{"concerns", "parking"}}, nothing, nothing},
                {{{"concerns", "other"}, {"concern_detail", "Dogs at night"}}, nothing, nothing},
                {{{"concerns", "none"}}, nothing, nothing},
                {{{"concerns", "asb scams hate"}}, {"asb_team", "trading_standards", "police"}, nothing},
                // A worry is not turned down with the advice.
                {{{"concerns", "burglary"}, {"crime_advice", "no"}}, {"police"}, nothing}});
}

TEST_CASE("screws and register are offers of their own", "[questionnaires]") {
    check_both({{{{"vehicles", "2"}}, nothing, nothing},
                {{{"vehicles", "2"}, {"plate_screws", "screws"}}, nothing, {"plate_screws"}},
                {{{"vehicles", "2"}, {"plate_screws", "register"}}, nothing, {"immobilise_signup"}},
                {{{"vehicles", "2"}, {"plate_screws", "screws register"}},
                 nothing,
                 {"plate_screws", "immobilise_signup"}},
                {{{"vehicles", "2"}, {"plate_screws", "no_thanks"}}, nothing, nothing},
                {{{"vehicles", "2"}, {"plate_screws", "screws"}, {"vehicles", "0"}}, nothing, nothing}});
}

TEST_CASE("an alarm shortfall in a rented home goes to the housing officer", "[questionnaires]") {
    for (const std::string tenure : {"social_rent", "private_rent", "hmo"}) {
        for (const std::string state : {"some_floors", "none", "unsure"})
            check_both({{{{"tenure", tenure}, {"smoke_alarms", state}}, {"housing_hbc"}, nothing}});
        for (const std::string state : {"every_floor_tested", "every_floor_untested"})
            check_both({{{{"tenure", tenure}, {"smoke_alarms", state}}, nothing, nothing}});
    }
    for (const std::string tenure : {"owner", "sheltered", "other"})
        check_both({{{{"tenure", tenure}, {"smoke_alarms", "none"}}, nothing, nothing}});
}

TEST_CASE("free alarms: supply and fit, supply only, and no", "[questionnaires]") {
    for (const std::string state : {"every_floor_untested", "some_floors", "none", "unsure"})
        check_both({{{{"smoke_alarms", state}, {"smoke_alarm_accept", "supply_and_fit"}},
                     {"fire:alarm_fitting"},
                     alarms},
                    {{{"smoke_alarms", state}, {"smoke_alarm_accept", "supply_only"}},
                     {"fire:alarm_supply"},
                     {"smoke_detector"}},
                    {{{"smoke_alarms", state}, {"smoke_alarm_accept", "no"}}, nothing, nothing}});
    // An answer that shows that there is no need withdraws what it had suggested.
    check_both({{{{"smoke_alarms", "none"},
                  {"smoke_alarm_accept", "supply_and_fit"},
                  {"smoke_alarms", "every_floor_tested"}},
                 nothing,
                 nothing}});
}

TEST_CASE("alarms fitted today need no fire service for that", "[questionnaires]") {
    const Answers wanted{{"smoke_alarms", "none"}, {"smoke_alarm_accept", "supply_and_fit"}};
    const auto with = [&](Answers more) {
        Answers all = wanted;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    check("current", {with({{"alarms_fitted_now", "0"}}), {"fire:alarm_fitting"}, alarms});
    check("current", {with({{"alarms_fitted_now", "3"}}), nothing, alarms});
    check("current", {with({{"alarms_supplied_now", "2"}}), {"fire:alarm_fitting"}, alarms});
    check("current",
          {with({{"alarms_fitted_now", "1"}, {"alarms_supplied_now", "2"}}), {"fire:alarm_fitting"}, alarms});
    check("current",
          {{{"smoke_alarms", "none"}, {"smoke_alarm_accept", "supply_only"}, {"alarms_supplied_now", "1"}},
           {"fire:alarm_fitting"},
           alarms});
    // The other need of the same agency stays.
    check("current", {with({{"alarms_fitted_now", "3"}, {"home_safety", "yes"}}),
                      {"fire:fire_safe_and_well"},
                      {"smoke_detector", "smoke_detector_fitting", "home_safety_check"}});
}

TEST_CASE("the number of alarms given today is the quantity of the offer", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("smoke_alarms", "none").say("smoke_alarm_accept", "supply_and_fit");
    CHECK(door->quantity("smoke_detector") == 1);
    door->say("alarms_fitted_now", "2").say("alarms_supplied_now", "1");
    CHECK(door->quantity("smoke_detector") == 3);
    CHECK(door->quantity("smoke_detector_fitting") == 2);
}

TEST_CASE("help to stop smoking needs a yes", "[questionnaires]") {
    check_both({{{{"smoker_home", "yes"}}, nothing, nothing},
                {{{"smoker_home", "no"}}, nothing, nothing},
                {{{"smoker_home", "yes"}, {"quit_help", "yes"}}, {"stop_smoking"}, {"quit_smoking_support"}},
                {{{"smoker_home", "yes"}, {"quit_help", "no"}}, nothing, nothing},
                {{{"smoker_home", "yes"}, {"quit_help", "not_now"}}, nothing, nothing},
                {{{"smoker_home", "yes"}, {"quit_help", "yes"}, {"smoker_home", "no"}}, nothing, nothing}});
}

TEST_CASE("each part of a healthier life has its own route", "[questionnaires]") {
    const Codes help{"healthy_lifestyle_help"};
    check_both({{{{"lifestyle_help", "weight"}}, nothing, help},
                {{{"lifestyle_help", "activity"}}, {"activity_scheme"}, help},
                {{{"lifestyle_help", "mental_wellbeing"}}, {"herts_mind"}, help},
                {{{"lifestyle_help", "alcohol"}}, {"drug_alcohol"}, help},
                {{{"lifestyle_help", "falls"}}, {"falls"}, help},
                {{{"lifestyle_help", "weight falls"}}, {"falls"}, help},
                {{{"lifestyle_help", "none"}}, nothing, nothing}});
}

TEST_CASE("a home safety visit needs a yes and a home that qualifies", "[questionnaires]") {
    const Codes visit{"fire:fire_safe_and_well"};
    const Codes safety{"home_safety_check"};
    const auto yes = [](Answers first) {
        first.emplace_back("home_safety", "yes");
        return first;
    };
    for (const std::string band : {"65_74", "75_84", "85_plus", "0_4"})
        check_both({{yes({{"age_bands", band}}), visit, safety}});
    for (const std::string band : {"5_17", "18_59", "60_64"})
        check_both({{yes({{"age_bands", band}}), nothing, nothing}});
    for (const std::string state : {"some_floors", "none", "unsure"})
        check_both({{yes({{"smoke_alarms", state}}), visit, safety}});
    for (const std::string state : {"every_floor_tested", "every_floor_untested"})
        check_both({{yes({{"smoke_alarms", state}}), nothing, nothing}});
    check_both({{yes({{"household_size", "1"}}), visit, safety},
                {yes({{"household_size", "2"}}), nothing, nothing},
                {yes({{"smoker_home", "yes"}}), visit, safety},
                {yes({{"smoker_home", "no"}}), nothing, nothing},
                {yes({}), nothing, nothing},
                {{{"household_size", "1"}, {"home_safety", "no"}}, nothing, nothing},
                {{{"household_size", "1"}, {"home_safety", "already_had"}}, nothing, nothing}});
}

TEST_CASE("joining the Watch, asking about it, and neither", "[questionnaires]") {
    check_both({{{{"watch", "wants_to_join"}}, {"nhw"}, {"watch_signup"}},
                {{{"watch", "wants_info"}}, nothing, {"community_involvement_info"}},
                {{{"watch", "member"}}, nothing, nothing},
                {{{"watch", "no"}}, nothing, nothing}});
}

TEST_CASE("first-aid places are one referral and a number", "[questionnaires]") {
    check_both({{{{"first_aid_places", "0"}}, nothing, nothing},
                {{{"first_aid_places", "1"}}, {"red_cross"}, {"first_aid_session"}},
                {{{"first_aid_places", "4"}}, {"red_cross"}, {"first_aid_session"}}});
}

TEST_CASE("volunteering went to Community Action Hertsmere in 2013", "[questionnaires]") {
    const Codes info{"community_involvement_info"};
    check("2013", {{{"volunteering", "yes"}}, {"cah"}, info});
    check("current", {{{"volunteering", "yes"}}, {"volunteering"}, info});
    check_both({{{{"volunteering", "no"}}, nothing, nothing}});
}

TEST_CASE("what would make life easier goes to its agency", "[questionnaires]") {
    check("2013", {{{"help_topics", "equipment_rails"}}, {"medequip"}, nothing});
    check("current", {{{"help_topics", "equipment_rails"}}, {"herts_help:equipment"}, nothing});
    check_both({{{{"help_topics", "help_at_home"}}, {"herts_home_help"}, nothing},
                {{{"help_topics", "company"}}, {"herts_help:company"}, nothing},
                {{{"help_topics", "money_debt"}}, {"citizens_advice"}, nothing},
                {{{"help_topics", "food"}}, {"foodbank"}, nothing},
                {{{"help_topics", "housing_repairs"}}, {"housing_hbc"}, nothing},
                {{{"help_topics", "housing_repairs"}, {"tenure", "owner"}}, {"housing_hbc"}, nothing},
                {{{"help_topics", "memory"}}, {"memory_support"}, nothing},
                {{{"help_topics", "family_support"}}, {"thriving_families"}, nothing},
                {{{"help_topics", "food memory"}}, {"foodbank", "memory_support"}, nothing},
                {{{"help_topics", "none"}}, nothing, nothing},
                {{{"other_notes", "Bins"}}, nothing, nothing}});
    const auto door = TestDoor::opened("current");
    door->say("help_topics", "equipment_rails");
    CHECK(door->find("herts_help")->reason.find("Equipment") == 0);
}

TEST_CASE("don't know, prefer not to say and not asked suggest nothing", "[questionnaires]") {
    for (const AnswerKind kind : {AnswerKind::dont_know, AnswerKind::prefer_not, AnswerKind::not_asked}) {
        const auto door = TestDoor::opened("current");
        for (const std::string name :
             {"format", "household_size", "age_bands", "tenure", "feel_safe_dark", "concerns", "crime_advice",
              "vehicles", "smoke_alarms", "smoker_home", "lifestyle_help", "home_safety", "watch",
              "first_aid_places", "volunteering", "help_topics", "other_notes", "officer_concern"})
            door->say(name, kind);
        CHECK(door->all().empty());
    }
}

TEST_CASE("the officer's concerns make restricted referrals of their own", "[questionnaires]") {
    const std::vector<std::pair<std::string, Codes>> rules{
        {"adult_at_risk", {"adult_care"}},
        {"self_neglect", {"adult_care"}},
        {"child_at_risk", {"child_services"}},
        {"exploitation", {"child_services"}},
        {"domestic_abuse", {"domestic_abuse"}},
        {"slavery", {"modern_slavery_unit"}},
        {"immediate_danger", {}},
        {"none", {}},
        {"adult_at_risk slavery", {"adult_care", "modern_slavery_unit"}}};
    for (const std::string version : {"2013", "current"}) {
        const auto door = TestDoor::opened(version);
        for (const auto& [concern, agencies] : rules) {
            INFO(concern);
            door->say("officer_concern", concern);
            CHECK(door->concerns() == agencies);
            CHECK(door->referrals().empty());
            CHECK(door->offers().empty());
            for (const Suggestion& one : door->all()) {
                CHECK(one.consent == Consent::safeguarding);
                CHECK(one.shares == std::vector<std::string>{"safe_contact", "safe_contact_note"});
            }
        }
    }
}

TEST_CASE("every ordinary referral needs agreement", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    door->say("concerns", "burglary asb scams")
        .say("smoke_alarms", "none")
        .say("smoke_alarm_accept", "supply_only");
    door->say("tenure", "hmo").say("watch", "wants_to_join").say("help_topics", "money_debt food memory");
    for (const Suggestion& one : door->all())
        CHECK(one.consent == Consent::yes);
}

}  // namespace doorstep
