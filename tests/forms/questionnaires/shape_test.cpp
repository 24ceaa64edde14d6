// What is asked, in which order, and what must be answered.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

struct Asked {
    std::string name;
    QuestionType type;
    std::vector<std::string> choices;
    std::string label;
};

// Written down from the field's own table, not from the sheets.
using enum QuestionType;
const std::vector<std::string> yes_no{"yes", "no"};
const std::vector<Asked> table{
    {"language",
     select_one,
     {"en", "ar", "zh_hans", "pl", "pa", "other"},
     "Which language would you like to use?"},
    {"format",
     select_multiple,
     {"standard", "large_print", "audio", "easy_read", "bsl", "translation"},
     "How would you like leaflets and letters?"},
    {"privacy_given", acknowledge, {}, "I have explained who we are, why we ask and who may see the answers"},
    {"adult_respondent", select_one, yes_no,
     "Are you 18 or over, and do you live here or care for someone who does?"},
    {"household_size", integer, {}, "How many people live here?"},
    {"age_bands",
     select_multiple,
     {"0_4", "5_17", "18_59", "60_64", "65_74", "75_84", "85_plus"},
     "Which age groups live here?"},
    {"tenure",
     select_one,
     {"owner", "social_rent", "private_rent", "hmo", "sheltered", "other"},
     "Do you own or rent this home?"},
    {"feel_safe_dark",
     select_one,
     {"very_safe", "safe", "neither", "unsafe", "very_unsafe", "never_out"},
     "How safe do you feel walking near home after dark?"},
    {"concerns",
     select_multiple,
     {"burglary", "vehicle_crime", "asb", "drugs", "knife_violence", "purse_theft", "scams", "rogue_traders",
      "parking", "hate", "other", "none"},
     "What worries you around here?"},
    {"concern_detail", text, {}, "What has been happening, and when? (no names of other people)"},
    {"crime_advice", select_one, yes_no, "Would you like free crime prevention advice at home?"},
    {"vehicles", integer, {}, "How many cars, vans or motorbikes are kept here?"},
    {"plate_screws",
     select_multiple,
     {"screws", "register", "no_thanks"},
     "Would you like theft-resistant number-plate screws, and to list valuables on the property "
     "register?"},
    {"smoke_alarms",
     select_one,
     {"every_floor_tested", "every_floor_untested", "some_floors", "none", "unsure"},
     "Is there a working smoke alarm on every floor? (press to test if invited in)"},
    {"smoke_alarm_accept",
     select_one,
     {"supply_and_fit", "supply_only", "no"},
     "Shall we ask the fire service to supply and fit free alarms?"},
    {"smoker_home", select_one, yes_no, "Does anyone here smoke?"},
    {"quit_help", select_one, {"yes", "no", "not_now"}, "Would they like free help to stop?"},
    {"lifestyle_help",
     select_multiple,
     {"weight", "activity", "mental_wellbeing", "alcohol", "falls", "none"},
     "Would you like help with any of these?"},
    {"home_safety", select_one, {"yes", "no", "already_had"}, "Would you like a free home safety visit?"},
    {"watch", select_one, {"member", "wants_to_join", "wants_info", "no"}, "Are you in Neighbourhood Watch?"},
    {"first_aid_places",
     integer,
     {},
     "How many people here would like a free first-aid session? (0 if none)"},
    {"volunteering", select_one, yes_no, "Would you like to hear about volunteering?"},
    {"help_topics",
     select_multiple,
     {"equipment_rails", "help_at_home", "company", "money_debt", "food", "housing_repairs", "memory",
      "family_support", "none"},
     "Would anything here make life easier?"},
    {"other_notes", text, {}, "Anything else we should pass on?"},
    {"officer_concern",
     select_multiple,
     {"none", "adult_at_risk", "child_at_risk", "domestic_abuse", "exploitation", "slavery", "self_neglect",
      "immediate_danger"},
     "OFFICER ONLY, never shown to the resident: is anyone at risk of harm?"},
};

std::vector<std::string> asked_names(const FormSession& session) {
    std::vector<std::string> names;
    for (const NodeRef node : session.nodes(true)) {
        const auto view = session.view(node);
        REQUIRE(view.ok());
        const auto known = [&](const Asked& row) { return row.name == view->name; };
        if (view->type != QuestionType::group && std::any_of(table.begin(), table.end(), known))
            names.push_back(view->name);
    }
    return names;
}

}  // namespace

TEST_CASE("both versions convert and load without an error or a warning", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        const ShippedForm& known = shipped_form(version);
        for (const std::string& error : known.errors)
            UNSCOPED_INFO(error);
        CHECK(known.errors.empty());
        REQUIRE(known.form);
        for (const Diagnostic& warning : known.warnings)
            UNSCOPED_INFO(warning.text());
        CHECK(known.warnings.empty());
    }
}

TEST_CASE("the form says what it is and which privacy wording is read out", "[questionnaires]") {
    const FormDefinition& first = *shipped_form("2013").form;
    const FormDefinition& now = *shipped_form("current").form;
    CHECK(first.id() == "safer_streets_doorstep");
    CHECK(now.id() == "safer_streets_doorstep");
    CHECK(first.title() == "Safer Streets doorstep questionnaire");
    CHECK(first.version() == "2013");
    CHECK(now.version() == "2026-2");
    CHECK(first.privacy_version() == "2013-1");
    CHECK(now.privacy_version() == "2026-1");
    CHECK(now.default_language() == "English (en)");
    CHECK(now.languages() == std::vector<std::string>{"English (en)", "Arabic (ar)",
                                                      "Chinese Simplified (zh-Hans)", "Polish (pl)",
                                                      "Punjabi (pa)"});
}

TEST_CASE("each of the 25 questions is there, in order, with its choices and words", "[questionnaires]") {
    REQUIRE(table.size() == 25);
    for (const std::string version : {"2013", "current"}) {
        const auto door = TestDoor::opened(version);
        // Open what only some answers show.
        door->say("concerns", "asb")
            .say("vehicles", "1")
            .say("smoke_alarms", "none")
            .say("smoker_home", "yes");
        std::vector<std::string> expected;
        for (const Asked& row : table) {
            INFO(version << " " << row.name);
            expected.push_back(row.name);
            const QuestionView view = door->question(row.name);
            CHECK(view.type == row.type);
            // What was asked in 2013 stays as it was asked.
            const bool then = version == "2013" && row.name == "home_safety";
            CHECK(view.label ==
                  (then ? "Would you like a free home safety visit if you qualify?" : row.label));
            CHECK(view.relevant);
            std::vector<std::string> values;
            if (row.type == QuestionType::select_one || row.type == QuestionType::select_multiple)
                for (const std::vector<Choice> offered = door->session().choices(view.node).value();
                     const Choice& choice : offered)
                    values.push_back(choice.value);
            CHECK(values == row.choices);
        }
        CHECK(asked_names(door->session()) == expected);
    }
}

TEST_CASE("only the privacy step and the age groups must be answered", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        const auto door = TestDoor::opened(version);
        std::vector<std::string> required;
        for (const NodeRef node : door->session().nodes(true))
            if (const auto view = door->session().view(node); view.ok() && view->required)
                required.push_back(view->name);
        CHECK(required == std::vector<std::string>{"privacy_given", "age_bands"});
    }
}

TEST_CASE("don't know, prefer not to say and not asked satisfy what must be answered", "[questionnaires]") {
    for (const AnswerKind kind : {AnswerKind::dont_know, AnswerKind::prefer_not, AnswerKind::not_asked}) {
        const auto door = TestDoor::opened("current");
        REQUIRE(door->session().blocked().size() == 1);
        CHECK(door->session().blocked().front().violation == Violation::required);
        CHECK(door->session().blocked().front().text == "Select at least one age group");
        door->say("age_bands", kind);
        CHECK(door->session().blocked().empty());
    }
}

TEST_CASE("money, debt and alcohol are masked; the officer's answers are restricted", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        const auto door = TestDoor::opened(version);
        std::vector<std::string> sensitive;
        std::vector<std::string> restricted;
        for (const NodeRef node : door->session().nodes(true)) {
            const auto view = door->session().view(node);
            REQUIRE(view.ok());
            if (view->type == QuestionType::group)
                continue;
            if (view->sensitivity == Sensitivity::sensitive)
                sensitive.push_back(view->name);
            if (view->sensitivity == Sensitivity::restricted)
                restricted.push_back(view->name);
        }
        CHECK(sensitive == std::vector<std::string>{"lifestyle_help", "help_topics"});
        CHECK(restricted == std::vector<std::string>{"officer_concern", "safe_contact", "safe_contact_note"});
    }
}

TEST_CASE("version 2013 does not ask about alarms fitted today", "[questionnaires]") {
    TestDoor first("2013");
    TestDoor now("current");
    for (const std::string name : {"alarms_fitted_now", "alarms_supplied_now", "alarms_type"}) {
        CHECK_FALSE(first.session().find(name));
        CHECK(now.session().find(name));
    }
}

}  // namespace doorstep
