// A Silver Streets session: counts only, no household, offers with their quantity.
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "forms/definition/content.h"
#include "tests/forms/questionnaires/every_branch.h"
#include "tests/forms/questionnaires/what_is_suggested.h"

namespace doorstep {
namespace {

const std::string form = "silver_streets_session/current";

void suggests(const Said& said, const Lines& lines) {
    doorstep::suggests(form, said, lines);
}

struct Asked {
    std::string name;
    QuestionType type;
    std::vector<std::string> choices;
    std::string label;
};

// Written down from the field's own table, not from the sheets.  "Not asked" of the
// feedback is an answer of every question and no choice.
using enum QuestionType;
const std::vector<Asked> table{
    {"venue_kind",
     select_one,
     {"sheltered_housing", "over_60s_group", "care_home", "other"},
     "What kind of session?"},
    {"venue", text, {}, "Name of scheme or group"},
    {"host_agreed", acknowledge, {}, "The manager or organiser has agreed to the session"},
    {"agencies_present",
     select_multiple,
     {"council", "police", "trading_standards", "fire", "nhw", "other"},
     "Which partners attended?"},
    {"attendees", integer, {}, "How many residents came?"},
    {"topics",
     select_multiple,
     {"crime_prevention", "fire_safety", "scams", "rogue_traders", "purse_theft", "falls", "warm_home",
      "dementia", "watches"},
     "What was covered?"},
    {"purse_bells", integer, {}, "Purse bells handed out"},
    {"secret_pockets", integer, {}, "Secret pockets handed out"},
    {"card_defenders", integer, {}, "Card defenders handed out"},
    {"formats_used",
     select_multiple,
     {"standard", "large_print", "bsl", "ar", "zh_hans", "pl", "pa", "other"},
     "Languages and formats used"},
    {"scam_reports", integer, {}, "How many people described a scam or rogue trader?"},
    {"followups", integer, {}, "How many people asked for a home visit or sign-up?"},
    {"feedback", select_one, {"very_good", "good", "mixed", "poor"}, "Overall feedback heard"},
    {"session_notes", text, {}, "What should the team know next time? (no personal details)"},
};

}  // namespace

TEST_CASE("the Silver Streets session loads without an error or a warning", "[questionnaires][silver]") {
    const ShippedForm& known = shipped_form(form);
    CHECK(known.errors.empty());
    REQUIRE(known.form);
    CHECK(known.warnings.empty());
    CHECK(known.form->id() == "silver_streets_session");
    CHECK(known.form->title() == "Silver Streets session");
}

TEST_CASE("each of the 14 questions of a session is there, in order, and no other",
          "[questionnaires][silver]") {
    REQUIRE(table.size() == 14);
    TestDoor door(form);
    std::vector<std::string> expected;
    for (const Asked& row : table) {
        INFO(row.name);
        expected.push_back(row.name);
        const QuestionView view = door.question(row.name);
        CHECK(view.type == row.type);
        CHECK(view.label == row.label);
        CHECK(view.relevant);
        std::vector<std::string> values;
        if (row.type == select_one || row.type == select_multiple)
            for (const std::vector<Choice> offered = door.session().choices(view.node).value();
                 const Choice& choice : offered)
                values.push_back(choice.value);
        CHECK(values == row.choices);
    }
    std::vector<std::string> asked;
    for (const NodeRef node : door.session().nodes(true)) {
        const auto view = door.session().view(node);
        REQUIRE(view.ok());
        if (view->type != group && view->type != note && view->type != hidden)
            asked.push_back(view->name);
    }
    CHECK(asked == expected);
}

TEST_CASE("what was covered is advice to the session", "[questionnaires][silver]") {
    suggests({{"topics", "crime_prevention"}}, {"crime_prevention_advice 1"});
    suggests({{"topics", "purse_theft"}}, {"crime_prevention_advice 1"});
    suggests({{"topics", "scams"}}, {"scam_advice 1"});
    suggests({{"topics", "rogue_traders"}}, {"scam_advice 1"});
    suggests({{"topics", "fire_safety"}}, {"fire_safety_advice 1"});
    for (const std::string topic : {"falls", "warm_home", "dementia", "watches"})
        suggests({{"topics", topic}}, {});
    suggests({{"topics", "crime_prevention purse_theft scams fire_safety"}},
             {"crime_prevention_advice 1", "scam_advice 1", "fire_safety_advice 1"});
}

TEST_CASE("what was handed out is an offer with its number", "[questionnaires][silver]") {
    for (const auto& [question, offer] :
         std::map<std::string, std::string>{{"purse_bells", "purse_bell"},
                                            {"secret_pockets", "secret_pocket"},
                                            {"card_defenders", "card_defender"}}) {
        suggests({{question, "0"}}, {});
        suggests({{question, "1"}}, {offer + " 1"});
        suggests({{question, "23"}}, {offer + " 23"});
        suggests({{question, "999"}}, {offer + " 999"});
    }
    TestDoor door(form);
    door.say("purse_bells", "23");
    CHECK(door.find("purse_bell")->reason == "Purse bells handed out: 23.");
}

TEST_CASE("large print used is the large print pack", "[questionnaires][silver]") {
    suggests({{"formats_used", "standard bsl pl"}}, {});
    suggests({{"formats_used", "standard large_print"}}, {"large_print_pack 1"});
}

TEST_CASE("scams heard of and follow-ups are no referrals", "[questionnaires][silver]") {
    suggests({{"attendees", "23"}, {"scam_reports", "4"}, {"followups", "2"}}, {});
    for (const Rule& rule : shipped_form(form).form->content().rules)
        CHECK_FALSE(rule.referral);
    TestDoor door(form);
    CHECK_FALSE(door.shown("scam_reports_note"));
    CHECK_FALSE(door.shown("followups_note"));
    door.say("scam_reports", "0").say("followups", "0");
    CHECK_FALSE(door.shown("scam_reports_note"));
    CHECK_FALSE(door.shown("followups_note"));
    door.say("scam_reports", "1").say("followups", "1");
    CHECK(door.shown("scam_reports_note"));
    CHECK(door.shown("followups_note"));
}

TEST_CASE("no more scams and follow-ups than residents who came, when both are known",
          "[questionnaires][silver]") {
    for (const std::string question : {"scam_reports", "followups"}) {
        TestDoor door(form);
        door.say(question, "300");
        CHECK(door.fault(question) == Violation::none);
        door.say("attendees", "23");
        CHECK(door.fault(question) == Violation::constraint);
        door.say(question, "24");
        CHECK(door.fault(question) == Violation::constraint);
        door.say(question, "23");
        CHECK(door.fault(question) == Violation::none);
        door.say("attendees", AnswerKind::dont_know);
        door.say(question, "301");
        CHECK(door.fault(question) == Violation::constraint);
    }
}

TEST_CASE("household 16: a sheltered scheme, 23 residents, two follow-ups", "[questionnaires][silver]") {
    TestDoor door(form);
    door.say("venue_kind", "sheltered_housing").say("venue", "Sorreldene sheltered scheme");
    door.say("host_agreed", "OK").say("agencies_present", "council police fire").say("attendees", "23");
    door.say("topics", "crime_prevention scams").say("purse_bells", "18").say("followups", "2");
    CHECK(what_is_suggested(door) == Lines{"crime_prevention_advice 1", "scam_advice 1", "purse_bell 18"});
    CHECK(door.session().blocked().empty());
}

TEST_CASE("every branch of the session can be taken, within the bounds of its table",
          "[questionnaires][branches][silver]") {
    const Walked& walked = walk_every_branch(form);
    for (const std::string& one : walked.missed)
        UNSCOPED_INFO(one);
    CHECK(walked.missed.empty());
    for (const std::string& one : walked.wrong)
        UNSCOPED_INFO(one);
    CHECK(walked.wrong.empty());
    CHECK(walked.numbers == std::map<std::string, AcceptedNumbers>{{"attendees", {0, 300}},
                                                                   {"purse_bells", {0, 999}},
                                                                   {"secret_pockets", {0, 999}},
                                                                   {"card_defenders", {0, 999}},
                                                                   {"scam_reports", {0, 300}},
                                                                   {"followups", {0, 300}}});
    CHECK(walked.longest == std::map<std::string, std::size_t>{{"venue", 120}, {"session_notes", 1000}});
    CHECK(walked.required == std::set<std::string>{"venue", "agencies_present", "topics"});
    CHECK(walked.exclusive.empty());
    CHECK(walked.raised.size() == shipped_form(form).form->content().rules.size());
}

}  // namespace doorstep
