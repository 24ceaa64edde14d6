// What each agency learns from the doorstep questionnaire: these answers and no others,
// how soon, and on which agreement.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

using Names = std::vector<std::string>;
using Answers = std::vector<std::pair<std::string, std::string>>;

struct Passed {
    Answers answers;
    std::string agency, service;
    Names learns;  // beside how to reach and how to write to the person
    Urgency urgency = Urgency::routine;
};

// The one suggestion for the agency at a door where only this was said.
Suggestion only(const std::string& version, const Passed& passed) {
    const auto door = TestDoor::opened(version);
    std::string said;
    for (const auto& [question, text] : passed.answers) {
        door->say(question, text);
        said += question + "=" + text + " ";
    }
    INFO(version << ": " << said << "for " << passed.agency);
    std::vector<Suggestion> found;
    for (const Suggestion& one : door->all())
        if (one.kind == SuggestionKind::referral && one.code == passed.agency &&
            one.service == passed.service)
            found.push_back(one);
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found.front().reason.empty());
    return found.front();
}

const Names reach{"reach_name", "reach_phone", "reach_email", "reach_when"};
const Names manner{"language", "language_other", "format"};

Names joined(Names first, const Names& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

const std::vector<Passed> current{
    {{{"concerns", "burglary"}}, "police", "", {}},
    {{{"concerns", "vehicle_crime"}}, "police", "", {}},
    {{{"concerns", "knife_violence"}}, "police", "", {}},
    {{{"concerns", "drugs"}}, "police", "", {"concern_detail"}},
    {{{"concerns", "hate"}}, "police", "", {"concern_detail"}},
    {{{"crime_advice", "yes"}}, "police", "", {}},
    {{{"concerns", "scams"}}, "trading_standards", "", {}},
    {{{"concerns", "rogue_traders"}}, "trading_standards", "", {"concern_detail"}},
    {{{"concerns", "asb"}}, "asb_team", "", {"concern_detail"}},
    {{{"smoke_alarms", "none"}, {"smoke_alarm_accept", "supply_and_fit"}},
     "fire",
     "alarm_fitting",
     {"smoke_alarms", "tenure"},
     Urgency::soon},
    {{{"smoke_alarms", "none"}, {"smoke_alarm_accept", "supply_only"}},
     "fire",
     "alarm_supply",
     {"smoke_alarms", "tenure"},
     Urgency::soon},
    {{{"smoke_alarms", "none"}, {"smoke_alarm_accept", "supply_only"}, {"alarms_supplied_now", "2"}},
     "fire",
     "alarm_fitting",
     {"smoke_alarms", "tenure", "alarms_supplied_now", "alarms_type"},
     Urgency::soon},
    {{{"household_size", "1"}, {"home_safety", "yes"}},
     "fire",
     "fire_safe_and_well",
     {"household_size", "age_bands", "smoker_home", "smoke_alarms"}},
    {{{"tenure", "hmo"}, {"smoke_alarms", "unsure"}},
     "housing_hbc",
     "",
     {"tenure", "smoke_alarms"},
     Urgency::soon},
    {{{"tenure", "social_rent"}, {"help_topics", "housing_repairs"}}, "housing_hbc", "", {"tenure"}},
    {{{"tenure", "owner"}, {"help_topics", "housing_repairs"}}, "housing_hbc", "", {"tenure"}},
    {{{"smoker_home", "yes"}, {"quit_help", "yes"}}, "stop_smoking", "", {}},
    {{{"lifestyle_help", "activity"}}, "activity_scheme", "", {}},
    {{{"lifestyle_help", "mental_wellbeing"}}, "herts_mind", "", {}},
    {{{"lifestyle_help", "alcohol"}}, "drug_alcohol", "", {}},
    {{{"lifestyle_help", "falls"}}, "falls", "", {}},
    {{{"watch", "wants_to_join"}}, "nhw", "", {}},
    {{{"first_aid_places", "2"}}, "red_cross", "", {"first_aid_places"}},
    {{{"volunteering", "yes"}}, "volunteering", "", {}},
    {{{"help_topics", "equipment_rails"}}, "herts_help", "equipment", {}},
    {{{"help_topics", "company"}}, "herts_help", "company", {}},
    {{{"help_topics", "help_at_home"}}, "herts_home_help", "", {}},
    {{{"help_topics", "money_debt"}}, "citizens_advice", "", {}},
    {{{"help_topics", "food"}}, "foodbank", "", {}},
    {{{"help_topics", "memory"}}, "memory_support", "", {}},
    {{{"help_topics", "family_support"}}, "thriving_families", "", {}},
};

}  // namespace

TEST_CASE("each agency learns how to reach the person and what its reason rests on",
          "[questionnaires][shares]") {
    for (const Passed& passed : current) {
        const Suggestion one = only("current", passed);
        INFO(passed.agency << " " << passed.service << ": " << one.reason);
        CHECK(one.shares == joined(joined(reach, manner), passed.learns));
        CHECK(one.urgency == passed.urgency);
        CHECK(one.consent == Consent::yes);
        CHECK_FALSE(one.restricted);
    }
}

TEST_CASE("a concern passes on how it is safe to reach the person, and nothing else",
          "[questionnaires][shares]") {
    struct Concern {
        std::string answer, agency;
        Urgency urgency;
    };
    for (const Concern& concern : {Concern{"adult_at_risk", "adult_care", Urgency::soon},
                                   Concern{"self_neglect", "adult_care", Urgency::soon},
                                   Concern{"child_at_risk", "child_services", Urgency::today},
                                   Concern{"exploitation", "child_services", Urgency::today},
                                   Concern{"domestic_abuse", "domestic_abuse", Urgency::today},
                                   Concern{"slavery", "modern_slavery_unit", Urgency::today}})
        for (const std::string version : {"2013", "current"}) {
            const Suggestion one =
                only(version, {{{"officer_concern", concern.answer}}, concern.agency, "", {}});
            CHECK(one.shares == Names{"safe_contact", "safe_contact_note"});
            CHECK(one.urgency == concern.urgency);
            CHECK(one.consent == Consent::safeguarding);
            CHECK(one.restricted);
        }
    for (const std::string silent : {"none", "immediate_danger"}) {
        const auto door = TestDoor::opened("current");
        door->say("officer_concern", silent);
        CHECK(door->all().empty());
    }
}

TEST_CASE("the table of what is learned holds every rule", "[questionnaires][shares]") {
    const Sheet* referrals = shipped_form("current").workbook.sheet("referrals");
    REQUIRE(referrals);
    CHECK(referrals->rows.size() == current.size() + 4);
}

}  // namespace doorstep
