// Safe and Well: what is asked, in which order, what must be answered, what opens when.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "forms/definition/content.h"
#include "tests/forms/questionnaires/every_branch.h"
#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

const std::string form = "safe_and_well/current";

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
    {"privacy_given",
     acknowledge,
     {},
     "I have explained the visit, what we record and who we may share it with"},
    {"respondent",
     select_one,
     {"resident", "family", "carer", "neighbour", "professional"},
     "Who is answering?"},
    {"visit_reason",
     select_one,
     {"partner_referral", "self_referral", "safer_streets", "after_incident", "revisit", "other"},
     "Why are we here?"},
    {"occupants", integer, {}, "How many people sleep here?"},
    {"age_bands",
     select_multiple,
     {"0_4", "5_17", "18_59", "60_64", "65_74", "75_84", "85_plus"},
     "Which age groups?"},
    {"lives_alone", select_one, yes_no, "Does the person live alone?"},
    {"health_factors",
     select_multiple,
     {"mobility", "sight", "hearing", "memory", "learning", "mental_health", "long_term_condition", "frailty",
      "bed_or_chair_bound", "oxygen", "emollients", "airflow_mattress", "none"},
     "Do any of these apply to anyone here?"},
    {"escape_ability",
     select_one,
     {"yes", "slowly_or_with_aid", "needs_another_person", "no"},
     "Could everyone get out quickly on their own at night?"},
    {"pendant",
     select_one,
     {"worn_and_linked", "worn_not_linked", "not_worn", "wants_one", "no"},
     "Is there a pendant alarm or telecare linked to smoke detection?"},
    {"storeys", integer, {}, "How many floors are lived on?"},
    {"alarms_working", integer, {}, "How many smoke alarms work when tested today?"},
    {"alarm_test_habit",
     select_one,
     {"weekly", "monthly", "less_often", "never", "unsure"},
     "How often are they tested?"},
    {"alarms_fitted_now", integer, {}, "How many alarms did we fit today?"},
    {"heard_when_asleep", select_one, {"yes", "no", "unsure"}, "Would the alarm wake everyone?"},
    {"burns_fuel",
     select_multiple,
     {"gas_boiler", "gas_fire", "solid_fuel", "oil", "gas_cooker_only", "none"},
     "Which fixed appliances burn fuel?"},
    {"co_alarm",
     select_one,
     {"yes", "some_rooms", "no", "unsure"},
     "Is there a working carbon monoxide alarm in each such room?"},
    {"tenure",
     select_one,
     {"owner", "social_rent", "private_rent", "hmo", "sheltered", "other"},
     "Is the home owned or rented?"},
    {"smoking",
     select_multiple,
     {"smokes_indoors", "smokes_outdoors", "vapes", "no"},
     "Does anyone smoke or vape?"},
    {"smoking_risks",
     select_multiple,
     {"smokes_in_bed_or_chair", "burn_marks", "falls_asleep", "near_oxygen_or_creams", "careless_disposal",
      "none"},
     "Have you noticed any of these?"},
    {"quit_help", select_one, {"yes", "no", "not_now"}, "Would you like free help to stop smoking?"},
    {"cooking_risks",
     select_multiple,
     {"left_unattended", "open_pan_frying", "grease_build_up", "items_near_hob", "past_cooking_fire", "none"},
     "Cooking: what applies?"},
    {"electrical_risks",
     select_multiple,
     {"overloaded_sockets", "linked_extensions", "damaged_leads", "old_electric_blanket",
      "ebike_or_scooter_charging", "doubtful_chargers", "none"},
     "Electrics: what applies?"},
    {"heating_risks",
     select_multiple,
     {"portable_heater", "items_drying_near_heat", "open_fire_no_guard", "unswept_chimney", "none"},
     "Heating: what applies?"},
    {"candles", select_one, {"never", "sometimes", "daily"}, "Are candles, incense or ritual lights used?"},
    {"clutter_level", integer, {}, "Clutter level of the worst room (picture scale 1-9)"},
    {"exits",
     select_multiple,
     {"clear_route", "keys_to_hand", "blocked_route", "locked_no_key", "barred_window", "none"},
     "Are the way out and keys ready?"},
    {"escape_plan", select_one, {"yes", "made_today", "no"}, "Is there an escape plan everyone knows?"},
    {"night_routine",
     select_multiple,
     {"doors_closed", "appliances_off", "heaters_off", "candles_out", "route_checked", "nothing_yet"},
     "Bedtime routine: what is done?"},
    {"arson_threat", select_one, yes_no, "Has anyone threatened to set fire to the home?"},
    {"warmth",
     select_one,
     {"always", "mostly", "rarely", "no"},
     "Can you keep the rooms you use warm enough?"},
    {"fuel_worry", select_one, yes_no, "Are heating bills a worry?"},
    {"company",
     select_one,
     {"daily", "most_days", "weekly", "less"},
     "How often do you see or speak to someone?"},
    {"meals", select_one, {"yes", "sometimes", "no"}, "Do you eat and drink enough most days?"},
    {"activity", integer, {}, "How many days a week are you active for half an hour?"},
    {"falls_12m", integer, {}, "How many falls in the last 12 months?"},
    {"falls_hazards",
     select_multiple,
     {"stairs_no_rail", "loose_rugs", "poor_light", "bathroom", "outdoor_steps", "footwear", "none"},
     "Trip and fall hazards seen or described"},
    {"alcohol_drugs", select_one, yes_no, "Would you like advice about alcohol or drugs?"},
    {"help_at_home", select_one, {"no", "has_help", "would_like_help"}, "Do you need help with daily tasks?"},
    {"money_debt", select_one, yes_no, "Would you like advice on debt or benefits?"},
    {"bereavement", select_one, yes_no, "Would you like someone to talk to after a loss?"},
    {"scams",
     select_one,
     {"no", "yes_no_loss", "yes_lost_money"},
     "Any unwanted callers, post or calls asking for money?"},
    {"security", select_one, yes_no, "Would you like crime prevention advice?"},
    {"officer_concern",
     select_multiple,
     {"none", "adult_at_risk", "child_at_risk", "domestic_abuse", "exploitation", "slavery", "self_neglect",
      "immediate_danger"},
     "OFFICER ONLY: concern for anyone's safety"},
    {"risk_band",
     select_one,
     {"low", "medium", "high", "very_high"},
     "OFFICER: overall fire risk after the visit"},
};

// Asked beside the table: of every household form, and the settled additions.
const std::vector<std::string> beside{
    "language",          "language_other",    "format",           "adult_respondent", "occupier_agrees",
    "alarms_type",       "reach_name",        "reach_phone",      "reach_email",      "reach_when",
    "food_money_reason", "activity_interest", "risk_band_reason", "safe_contact",     "safe_contact_note"};

bool in_table(const std::string& name) {
    return std::any_of(table.begin(), table.end(), [&](const Asked& row) { return row.name == name; });
}

// Everything that some answers show is shown.
std::unique_ptr<TestDoor> all_open() {
    auto door = TestDoor::opened(form);
    door->say("respondent", "carer").say("occupier_agrees", "yes").say("language", "other");
    door->say("alarms_working", "1").say("alarms_fitted_now", "1").say("burns_fuel", "gas_boiler");
    door->say("smoking", "smokes_indoors").say("meals", "no").say("activity", "0");
    door->say("risk_band", "very_high");
    return door;
}

bool is_asked(const QuestionView& view) {
    return view.type != group && view.type != note && view.type != hidden;
}

}  // namespace

TEST_CASE("safe and well converts and loads without an error or a warning",
          "[questionnaires][safe_and_well]") {
    const ShippedForm& known = shipped_form(form);
    CHECK(known.errors.empty());
    REQUIRE(known.form);
    for (const Diagnostic& warning : known.warnings)
        UNSCOPED_INFO(warning.text());
    CHECK(known.warnings.empty());
    CHECK(known.form->id() == "safe_and_well");
    CHECK(known.form->title() == "Safe and Well visit");
    CHECK(known.form->privacy_version() == "2026-1");
}

TEST_CASE("each of the 44 questions of Safe and Well is there with its choices and words",
          "[questionnaires][safe_and_well]") {
    REQUIRE(table.size() == 44);
    const auto door = all_open();
    for (const Asked& row : table) {
        INFO(row.name);
        const QuestionView view = door->question(row.name);
        CHECK(view.type == row.type);
        CHECK(view.label == row.label);
        CHECK(view.relevant);
        std::vector<std::string> values;
        if (row.type == select_one || row.type == select_multiple)
            for (const std::vector<Choice> offered = door->session().choices(view.node).value();
                 const Choice& choice : offered)
                values.push_back(choice.value);
        CHECK(values == row.choices);
    }
}

TEST_CASE("Safe and Well asks in the table's order, restricted questions on the officer's page",
          "[questionnaires][safe_and_well]") {
    std::vector<std::string> expected;
    for (const Asked& row : table)
        if (row.name != "arson_threat" && row.name != "officer_concern" && row.name != "risk_band")
            expected.push_back(row.name);
    expected.insert(expected.end(), {"risk_band", "arson_threat", "officer_concern"});
    const auto door = all_open();
    std::vector<std::string> asked;
    std::vector<std::string> others;
    for (const NodeRef node : door->session().nodes(true))
        if (const auto view = door->session().view(node); view.ok() && is_asked(*view))
            (in_table(view->name) ? asked : others).push_back(view->name);
    CHECK(asked == expected);
    CHECK(std::set<std::string>(others.begin(), others.end()) ==
          std::set<std::string>(beside.begin(), beside.end()));
    CHECK(others.size() == beside.size());
}

TEST_CASE("Safe and Well names the MECC area on each question", "[questionnaires][safe_and_well]") {
    const std::map<std::string, std::pair<std::size_t, std::size_t>> areas{
        {"safe_home", {9, 29}}, {"warm_home", {30, 31}}, {"loneliness", {32, 32}}, {"nutrition", {33, 33}},
        {"activity", {34, 34}}, {"falls", {35, 36}},     {"other", {37, 42}}};
    std::map<std::string, std::string> named{
        {"food_money_reason", "nutrition"}, {"activity_interest", "activity"}, {"alarms_type", "safe_home"}};
    for (const auto& [area, numbers] : areas)
        for (std::size_t number = numbers.first; number <= numbers.second; ++number)
            named[table[number - 1].name] = area;
    named["quit_help"] = "other";
    std::map<std::string, std::string> found;
    const std::string& xml = shipped_form(form).xml;
    for (std::size_t at = xml.find("<bind "); at != std::string::npos; at = xml.find("<bind ", at + 1)) {
        const std::string tag = xml.substr(at, xml.find('>', at) - at);
        const std::size_t area = tag.find(" mecc=\"");
        if (area == std::string::npos)
            continue;
        const std::size_t path = tag.find("nodeset=\"") + 9;
        const std::string nodeset = tag.substr(path, tag.find('"', path) - path);
        found[nodeset.substr(nodeset.rfind('/') + 1)] =
            tag.substr(area + 7, tag.find('"', area + 7) - area - 7);
    }
    CHECK(found == named);
}

TEST_CASE(
    "Safe and Well: only the privacy step, the age groups and a reason for another band must be answered",
    "[questionnaires][safe_and_well]") {
    const auto door = all_open();
    std::vector<std::string> required;
    for (const NodeRef node : door->session().nodes(true))
        if (const auto view = door->session().view(node); view.ok() && view->required)
            required.push_back(view->name);
    CHECK(required == std::vector<std::string>{"privacy_given", "age_bands", "risk_band_reason"});
}

TEST_CASE("Safe and Well: health, money and alcohol are masked; the officer's answers are restricted",
          "[questionnaires][safe_and_well]") {
    const auto door = all_open();
    std::vector<std::string> sensitive;
    std::vector<std::string> restricted;
    for (const NodeRef node : door->session().nodes(true)) {
        const auto view = door->session().view(node);
        REQUIRE(view.ok());
        if (is_asked(*view) && view->sensitivity == Sensitivity::sensitive)
            sensitive.push_back(view->name);
        if (is_asked(*view) && view->sensitivity == Sensitivity::restricted)
            restricted.push_back(view->name);
    }
    CHECK(sensitive == std::vector<std::string>{"health_factors", "fuel_worry", "food_money_reason",
                                                "alcohol_drugs", "money_debt"});
    CHECK(restricted ==
          std::vector<std::string>{"arson_threat", "officer_concern", "safe_contact", "safe_contact_note"});
    for (const Rule& rule : shipped_form(form).form->content().rules)
        for (const std::string& name : sensitive) {
            INFO(rule.place() << " shares " << name);
            CHECK(std::find(rule.shares.begin(), rule.shares.end(), name) == rule.shares.end());
        }
}

TEST_CASE("Safe and Well opens with language, format and the privacy step, then who answers",
          "[questionnaires][safe_and_well]") {
    TestDoor door(form);
    const auto hidden_ones = [&] {
        return !door.shown("respondent") && !door.shown("occupants") && !door.shown("risk_band");
    };
    CHECK(door.shown("language"));
    CHECK(door.shown("format"));
    CHECK(hidden_ones());
    CHECK_FALSE(door.shown("adult_respondent"));
    REQUIRE(door.session().blocked().size() == 1);
    CHECK(door.session().blocked().front().text ==
          "Explain the visit and confirm it, then the questions open");
    door.say("privacy_given", "OK").say("adult_respondent", "no");
    CHECK(hidden_ones());
    CHECK(door.shown("call_back"));
    CHECK(door.shown("officer_concern"));
    CHECK(door.session().blocked().empty());
    door.say("adult_respondent", "yes");
    CHECK(door.shown("respondent"));
    CHECK_FALSE(door.shown("call_back"));
}

TEST_CASE("whoever else answers says whether the person who lives here agrees; a no ends the visit",
          "[questionnaires][safe_and_well]") {
    const auto door = TestDoor::opened(form);
    CHECK_FALSE(door->shown("occupier_agrees"));
    door->say("respondent", "resident");
    CHECK_FALSE(door->shown("occupier_agrees"));
    for (const std::string other : {"family", "carer", "neighbour", "professional"}) {
        door->say("respondent", other);
        CHECK(door->shown("occupier_agrees"));
    }
    CHECK(door->shown("occupants"));
    door->say("occupier_agrees", "no");
    CHECK(door->shown("not_agreed"));
    for (const std::string name : {"visit_reason", "occupants", "scams", "reach_name", "risk_band"})
        CHECK_FALSE(door->shown(name));
    CHECK(door->shown("officer_concern"));
    CHECK(door->session().blocked().empty());
    door->say("respondent", "resident");
    CHECK(door->shown("occupants"));
}

TEST_CASE("Safe and Well: answers that do not fit together are kept and marked",
          "[questionnaires][safe_and_well]") {
    const auto door = all_open();
    const auto fits = [&](const std::string& question, const std::string& text, bool fit) {
        INFO(question << " = " << text);
        door->say(question, text);
        CHECK((door->fault(question) == Violation::none) == fit);
        CHECK(door->value(question) == text);
    };
    fits("lives_alone", "yes", true);
    door->say("occupants", "2");
    CHECK(door->fault("lives_alone") == Violation::constraint);
    door->say("occupants", AnswerKind::dont_know);
    CHECK(door->fault("lives_alone") == Violation::none);
    door->say("occupants", "1");
    CHECK(door->fault("lives_alone") == Violation::none);
    fits("age_bands", "65_74", true);
    fits("age_bands", "18_59 65_74", false);
    fits("burns_fuel", "gas_boiler oil", true);
    fits("burns_fuel", "gas_boiler gas_cooker_only", false);
    fits("burns_fuel", "gas_cooker_only none", false);
    fits("burns_fuel", "gas_cooker_only", true);
    fits("exits", "clear_route keys_to_hand barred_window", true);
    fits("exits", "clear_route locked_no_key", true);
    fits("exits", "clear_route blocked_route", false);
    fits("exits", "keys_to_hand locked_no_key", false);
    fits("exits", "barred_window none", false);
}

TEST_CASE("every branch of Safe and Well can be taken, within the bounds of its table",
          "[questionnaires][branches][safe_and_well]") {
    const Walked& walked = walk_every_branch(
        form, {{"reach_phone", {"07700 900123", "0123"}}, {"reach_email", {"layla@example.org", "layla"}}});
    for (const std::string& one : walked.missed)
        UNSCOPED_INFO(one);
    CHECK(walked.missed.empty());
    for (const std::string& one : walked.wrong)
        UNSCOPED_INFO(one);
    CHECK(walked.wrong.empty());
    for (const Asked& row : table)
        if (!row.choices.empty()) {
            INFO(row.name);
            REQUIRE(walked.chosen.count(row.name) == 1);
            CHECK(walked.chosen.at(row.name) ==
                  std::set<std::string>(row.choices.begin(), row.choices.end()));
        }
    CHECK(walked.numbers == std::map<std::string, AcceptedNumbers>{{"occupants", {1, 20}},
                                                                   {"storeys", {1, 6}},
                                                                   {"alarms_working", {0, 30}},
                                                                   {"alarms_fitted_now", {0, 10}},
                                                                   {"clutter_level", {1, 9}},
                                                                   {"activity", {0, 7}},
                                                                   {"falls_12m", {0, 99}}});
    CHECK(walked.exclusive ==
          std::set<std::string>{"format standard", "health_factors none", "burns_fuel none",
                                "burns_fuel gas_cooker_only", "smoking no", "smoking_risks none",
                                "cooking_risks none", "electrical_risks none", "heating_risks none",
                                "exits none", "night_routine nothing_yet", "falls_hazards none",
                                "officer_concern none", "safe_contact no_contact"});
    CHECK(walked.required == std::set<std::string>{"privacy_given", "age_bands", "risk_band_reason"});
    CHECK(walked.raised.size() == shipped_form(form).form->content().rules.size());
}

}  // namespace doorstep
