// Safe and Well and Silver Streets: what a resident hears, and what only the officer reads.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tests/forms/questionnaires/every_language.h"
#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

const std::vector<std::string> languages{"English (en)", "Arabic (ar)", "Chinese Simplified (zh-Hans)",
                                         "Polish (pl)", "Punjabi (pa)"};

// The languages by themselves, and a programme that keeps its English name in Polish.
const Codes own_names{"languages en",         "languages ar",
                      "languages zh_hans",    "languages pl",
                      "languages pa",         "formats_used ar",
                      "formats_used pl",      "formats_used pa",
                      "formats_used zh_hans", "visit_reason safer_streets"};

std::string text(const Sheet& sheet, const Row& row, const std::string& header) {
    for (const Cell& cell : sheet.header.cells)
        if (cell.text == header)
            if (const Cell* found = row.at(cell.column))
                return found->text;
    return {};
}

}  // namespace

TEST_CASE("residents hear Safe and Well and Silver Streets in every language", "[questionnaires][spoken]") {
    for (const auto& [form, least] : {std::pair<std::string, std::size_t>{"safe_and_well/current", 250},
                                      {"silver_streets_session/current", 60}}) {
        const Spoken spoken = every_language(form, own_names);
        for (const std::string& fault : spoken.faults)
            UNSCOPED_INFO(form << " " << fault);
        CHECK(spoken.faults.empty());
        CHECK(spoken.wordings > least);
    }
}

TEST_CASE("what only the officer reads in Safe and Well and Silver Streets", "[questionnaires][spoken]") {
    const Codes silver{"scam_reports_note", "followups_note"};
    CHECK(every_language("silver_streets_session/current").officers == silver);
    const std::set<std::string> officers = every_language("safe_and_well/current").officers;
    for (const char* name : {"summary", "risk_band", "risk_band_reason", "followup_task", "officer_page",
                             "arson_threat", "officer_concern", "safe_contact", "emergency_line"})
        CHECK(officers.count(name) == 1);
    for (const char* name : {"health_factors", "clutter_level", "alarms_fitted_now", "alarms_type", "scams",
                             "visit_reason", "reach", "privacy_health"})
        CHECK(officers.count(name) == 0);
}

TEST_CASE("machine-made wording is marked as a draft", "[questionnaires][spoken]") {
    for (const std::string form : {"safe_and_well/current", "silver_streets_session/current"}) {
        std::ifstream file(shipped(form + "/wording.csv"));
        const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        Diagnostics found;
        const Sheet wording = read_csv(all, "wording.csv", "wording", found);
        CHECK(found.empty());
        REQUIRE(wording.rows.size() == languages.size());
        for (std::size_t i = 0; i < languages.size(); ++i) {
            CHECK(text(wording, wording.rows[i], "language") == languages[i]);
            CHECK(text(wording, wording.rows[i], "status") ==
                  (i == 0 ? "final" : "draft, awaiting a native reader"));
        }
    }
}

TEST_CASE("the resident hears the privacy step of Safe and Well in their language",
          "[questionnaires][spoken]") {
    TestDoor door("safe_and_well/current");
    for (const std::string name :
         {"privacy_who", "privacy_kept", "privacy_health", "privacy_shared", "privacy_rights"}) {
        std::set<std::string> heard;
        for (const std::string& language : languages) {
            door.speak(language);
            heard.insert(door.question(name).label);
        }
        CHECK(heard.size() == languages.size());
    }
    door.say("privacy_given", "OK").say("adult_respondent", "yes").say("occupants", "99");
    door.speak("Polish (pl)");
    CHECK(door.question("occupants").label == "Ile osób tu śpi?");
    CHECK(door.question("occupants").violation_text == "Liczba osób musi być od 1 do 20");
    door.say("falls_12m", "3");
    CHECK(door.find("falls")->reason == "Liczba upadków w ostatnich 12 miesiącach: 3.");
}

}  // namespace doorstep
