#include <catch2/catch.hpp>

#include <string>

#include "tests/forms/xlsform/xform.h"

using namespace doorstep;
using doorstep::tests::XForm;

namespace {

Directory directory() {
    Directory all;
    Agency fire{.code = "fire", .label = "Fire and Rescue"};
    fire.services = {{"fire_safe_and_well", "Safe and Well", {}}, {"fitting", "Fitting", {}}};
    Agency medequip{.code = "medequip", .label = "Medequip"};
    medequip.valid = {std::nullopt, Day::of(2015, 3, 31)};
    all.agencies = {fire, {.code = "red_cross", .label = "Red Cross"}, medequip};
    all.offers = {{"smoke_detector", "Smoke detector", {}}, {"first_aid_session", "First aid", {}}};
    return all;
}

constexpr const char* questions = R"(
| survey |
| | type          | name        | label    | constraint | sensitive |
| | integer       | alarms      | Alarms   |            |           |
| | text          | smoker      | Smoker   |            |           |
| | integer       | age         | Age      | . >= 0     |           |
| | note          | intro       | Hello    |            |           |
| | text          | health_note | Health   |            | yes       |
| | begin repeat  | people      | Person   |            |           |
| | select_multiple ill | illness | Illness |           |           |
| | end repeat    |             |          |            |           |
| | text          | concern     | Concern  |            | restricted |
| choices |
| | list_name | name | label |
| | ill       | copd | COPD  |
)";
constexpr const char* settings =
    "| settings |\n| | privacy_version | valid_from |\n| | 2016-1 | 2016-04-01 |\n";

XForm rules(const std::string& sheet, const std::string& set = settings) {
    static const Directory known = directory();
    return XForm(questions + set + sheet, &known, "safer.md");
}

XForm referral(const std::string& cells) {
    return rules("| referrals |\n| | agency | when | reason | shares | consent | urgency | service |\n" +
                 cells);
}

XForm offer(const std::string& cells) {
    return rules("| offers |\n| | offer | when | reason | quantity |\n" + cells);
}

}  // namespace

TEST_CASE("rules stand in the model with absolute paths and wordings of their own", "[rules]") {
    const XForm form =
        rules("| referrals |\n| | agency | when | reason | shares | consent | urgency | service |\n"
              "| | fire | ${alarms} = 0 and ${smoker}='yes' | Only ${alarms} work | alarms smoker | | soon | "
              "fitting |\n"
              "| | fire | ${age} > 64 | Over 64 | | safeguarding | | |\n"
              "| offers |\n| | offer | when | reason | quantity |\n"
              "| | smoke_detector | ${alarms} = 0 | No working alarm | max(1, ${age} - 1) |\n");
    CHECK(form.messages().empty());
    CHECK(form.text("//x:model/d:referral[1]/@when") == " /data/alarms  = 0 and  /data/smoker ='yes'");
    CHECK(form.text("//d:referral[@id='fire']/@shares") == "/data/alarms /data/smoker");
    CHECK(form.text("//d:referral[@id='fire']/@consent") == "yes");
    CHECK(form.text("//d:referral[@id='fire']/@urgency") == "soon");
    CHECK(form.text("//d:referral[@id='fire']/@service") == "fitting");
    CHECK(form.text("//d:referral[@id='fire']/@reason") == "referral:fire:reason");
    CHECK(form.text("//x:translation/x:text[@id='referral:fire:reason']//x:output/@value") ==
          " /data/alarms ");
    CHECK(form.text("//d:referral[@id='fire-2']/@consent") == "safeguarding");
    CHECK(form.text("//d:referral[@id='fire-2']/@shares") == "(none)");
    CHECK(form.text("//d:offer/@quantity") == "max(1,  /data/age  - 1)");
    CHECK(form.text("//x:text[@id='offer:smoke_detector:reason']/x:value") == "No working alarm");
    CHECK(form.text("//x:data/x:meta/d:privacy_version") == "2016-1");
    CHECK(form.text("//x:bind[@nodeset='/data/health_note']/@d:sensitive") == "yes");
    CHECK(form.text("//x:bind[@nodeset='/data/concern']/@d:sensitive") == "restricted");
    const auto& origins = form.converted().origins;
    CHECK(origins.at("referral:fire-2#when") == Place{"safer.md", "referrals", 3, 2, "when"});
    CHECK(origins.at("referral:fire#shares").column == 4);
    CHECK(origins.at("referral:fire#reason").column == 3);
    CHECK(origins.at("referral:fire#service").column == 7);
    CHECK(origins.at("offer:smoke_detector#quantity").column == 4);
}

TEST_CASE("a group in shares means its questions, and a restricted answer may set off a rule", "[rules]") {
    const XForm form = referral("| | fire | ${concern} != '' | Why | people |\n");
    CHECK_FALSE(form.refused());
    CHECK(form.text("//d:referral/@shares") == "/data/people/illness");
    CHECK(form.messages() ==
          std::vector<std::string>{
              "safer.md, sheet referrals, row 2, column D (shares): warning: \"people\" passes on "
              "every person in the home. Mend: name single questions instead, or leave it so if the agency "
              "needs them all."});
}

TEST_CASE("agencies, offers and services must be in the directory", "[rules]") {
    CHECK(referral("| | red_crss | true() | Why |\n").message("unknown-agency") ==
          "safer.md, sheet referrals, row 2, column A (agency): \"red_crss\" is not in the agency directory. "
          "Did you "
          "mean \"red_cross\"?");
    CHECK(
        offer("| | smoke_alarm | true() | Why |\n").message("unknown-offer") ==
        "safer.md, sheet offers, row 2, column A (offer): \"smoke_alarm\" is not on the offer list. Nearest: "
        "\"smoke_detector\". Mend: smoke_alarm -> smoke_detector.");
    CHECK(referral("| | fire | true() | Why |  |  |  | gas |\n").message("unknown-service") ==
          "safer.md, sheet referrals, row 2, column G (service): fire has no service \"gas\". It has: "
          "fire_safe_and_well, fitting. Mend: write one of these, or empty the cell.");
    CHECK(referral("| | medequip | true() | Why |\n").message("not-valid-then") ==
          "safer.md, sheet referrals, row 2, column A (agency): \"medequip\" is not valid on the dates of "
          "this form "
          "(from 1 April 2016). It is valid until 31 March 2015. Mend: write another that is valid then, or "
          "correct valid_from and valid_to on the settings sheet.");
    CHECK(referral("| |  | true() | Why |\n").message("missing-agency") ==
          "safer.md, sheet referrals, row 2, column A (agency): empty. Write the agency that is suggested.");
}

TEST_CASE("an agency that is valid for the form's whole time is accepted", "[rules]") {
    const XForm form = rules("| referrals |\n| | agency | when | reason |\n| | medequip | true() | Why |\n",
                             "| settings |\n| | privacy_version | valid_from | valid_to |\n"
                             "| | 1 | 2013-04-01 | 2015-03-31 |\n");
    CHECK_FALSE(form.refused());
}

TEST_CASE("a rule needs its when, and a good one", "[rules]") {
    CHECK(
        referral("| | fire |  | Why |\n").message("missing-when") ==
        "safer.md, sheet referrals, row 2, column B (when): empty. Write when this is suggested, for example "
        "${alarms} = 0. To suggest it always, write true().");
    CHECK(referral("| | fire | ${alarm} = 0 | Why |\n").message("unknown-reference") ==
          "safer.md, sheet referrals, row 2, column B (when): ${alarm} is no question. Nearest: ${alarms} "
          "(row 2). Mend: alarm -> alarms.");
    CHECK(referral("| | fire | ${alarms} = | Why |\n").message("syntax").find("is not finished") !=
          std::string::npos);
}

TEST_CASE("a reason must be there in every language of the form", "[rules]") {
    CHECK(referral("| | fire | true() | |\n").message("missing-wording") ==
          "safer.md, sheet referrals, row 2, column C (reason): there is no reason. It is said aloud and "
          "tells the "
          "agency why. Mend: fill column reason.");
    const Directory known = directory();
    const XForm form(
        "| survey |\n| | type | name | label::English | label::Polish |\n| | text | a | A | A |\n"
        "| settings |\n| | privacy_version |\n| | 1 |\n"
        "| referrals |\n| | agency | when | reason::English |\n| | fire | true() | Why |\n",
        &known, "safer.md");
    CHECK(form.refused());
    CHECK(form.message("missing-wording") == "safer.md, sheet referrals, row 2: there is no reason in "
                                             "Polish. The form speaks English, Polish. Mend: fill "
                                             "column reason::Polish.");
}

TEST_CASE("a reason may not show what is not shared", "[rules]") {
    CHECK(referral("| | fire | true() | Has ${illness} | alarms |\n").message("reason-leaks") ==
          "safer.md, sheet referrals, row 2, column C (reason): shows ${illness}, which shares does not "
          "name; fire would "
          "learn it. Mend: add illness to shares, or take it out of the reason.");
}

TEST_CASE("shares names questions that have an answer", "[rules]") {
    CHECK(referral("| | fire | true() | Why | alarm |\n").message("shares-unknown") ==
          "safer.md, sheet referrals, row 2, column D (shares): \"alarm\" is no question. Nearest: "
          "\"alarms\" (survey row "
          "2). Mend: alarm -> alarms.");
    CHECK(referral("| | fire | true() | Why | intro |\n").message("shares-note") ==
          "safer.md, sheet referrals, row 2, column D (shares): \"intro\" is a note and has no answer. Mend: "
          "take it out of shares.");
    const XForm sensitive = referral("| | fire | true() | Why | health_note |\n");
    CHECK_FALSE(sensitive.refused());
    CHECK(sensitive.message("shares-sensitive") == "safer.md, sheet referrals, row 2, column D (shares): "
                                                   "warning: \"health_note\" is marked sensitive (survey row "
                                                   "6) and would reach fire. Keep it only if fire needs it.");
}

TEST_CASE("consent and urgency are words of a short list", "[rules]") {
    CHECK(referral("| | fire | true() | Why |  | no |\n").message("bad-consent") ==
          "safer.md, sheet referrals, row 2, column E (consent): \"no\" is not allowed. Write yes or "
          "safeguarding; "
          "nothing is shared without one of them.");
    CHECK(referral("| | fire | true() | Why |  |  | asap |\n").message("bad-urgency") ==
          "safer.md, sheet referrals, row 2, column F (urgency): \"asap\" is not known. Write routine, soon "
          "or today.");
}

TEST_CASE("a quantity is a number", "[rules]") {
    CHECK(offer("| | smoke_detector | true() | Why | 'two' |\n").message("quantity-text") ==
          "safer.md, sheet offers, row 2, column D (quantity): the result is text, not a number. Mend: write "
          "a number such as 2, or a calculation such as ${floors} - 1.");
    CHECK(offer("| | smoke_detector | true() | Why | ${smoker} |\n").message("quantity-text") ==
          "safer.md, sheet offers, row 2, column D (quantity): the result is text, not a number. Mend: write "
          "a number such as 2, or a calculation such as ${floors} - 1.");
    const XForm blank = offer("| | smoke_detector | true() | Why |  |\n");
    CHECK(blank.text("//d:offer/@quantity") == "1");
}

TEST_CASE("what a rule can never mean is a warning", "[rules]") {
    const XForm first = referral("| | fire | selected(${illness}, 'copd') | Why |\n");
    CHECK_FALSE(first.refused());
    CHECK(first.message("first-only") ==
          "safer.md, sheet referrals, row 2, column B (when): warning: selected(${illness}, 'copd') looks at "
          "the first "
          "person only. For anyone write count(${people}[selected(illness, 'copd')]) > 0.");
    CHECK(referral("| | fire | ${age} < 0 | Why |\n").message("never-true") ==
          "safer.md, sheet referrals, row 2, column B (when): warning: always false; ${age} is never below 0 "
          "(constraint, survey row 4). Mend: change the condition, or take the row out.");
    CHECK(referral("| | fire | 1 = 2 | Why |\n").message("never-true") ==
          "safer.md, sheet referrals, row 2, column B (when): warning: always false. Mend: change the "
          "condition, or take the row out.");
    CHECK(referral("| | fire | ${age} < 1 | Why |\n").messages().empty());
    CHECK(referral("| | fire | ${age} > 1 | Why |\n| | red_cross | true() | Why |\n| | fire | ${age} > 1 | "
                   "Again |\n")
              .message("same-rule") == "safer.md, sheet referrals, row 4: warning: rows 2 and 4: the same "
                                       "agency, service and when. One of them is "
                                       "enough.");
}

TEST_CASE("a form with referrals names its privacy wording", "[rules]") {
    CHECK(rules("| referrals |\n| | agency | when | reason |\n| | fire | true() | Why |\n",
                "| settings |\n| | form_id |\n| | x |\n")
              .message("missing-privacy-version") ==
          "safer.md, sheet settings: there is a referrals sheet, but no privacy_version. Write the version "
          "of the privacy "
          "wording that is read out.");
}

TEST_CASE("without a directory rules are converted and not looked up", "[rules]") {
    const XForm form(
        std::string(questions) + settings +
        "| referrals |\n| | agency | when | reason | service |\n| | anyone | true() | Why | any |\n");
    CHECK_FALSE(form.refused());
    CHECK(form.text("//d:referral/@agency") == "anyone");
}
