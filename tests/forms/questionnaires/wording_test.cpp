// Five languages: nothing left out, nothing that does not say its status.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "forms/base/encoding.h"
#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

const std::vector<std::string> languages{"English (en)", "Arabic (ar)", "Chinese Simplified (zh-Hans)",
                                         "Polish (pl)", "Punjabi (pa)"};

int column(const Sheet& sheet, const std::string& header) {
    for (const Cell& cell : sheet.header.cells)
        if (cell.text == header)
            return cell.column;
    return 0;
}

std::string text(const Sheet& sheet, const Row& row, const std::string& header) {
    const Cell* cell = row.at(column(sheet, header));
    return cell == nullptr ? std::string() : cell->text;
}

}  // namespace

TEST_CASE("every wording stands in every language, or in none", "[questionnaires]") {
    const std::map<std::string, std::vector<std::string>> worded{
        {"survey", {"label", "hint", "constraint_message", "required_message"}},
        {"choices", {"label"}},
        {"referrals", {"reason"}},
        {"offers", {"reason"}}};
    for (const std::string version : {"2013", "current"})
        for (const auto& [name, columns] : worded) {
            const Sheet* sheet = shipped_form(version).workbook.sheet(name);
            REQUIRE(sheet);
            for (const std::string& word : columns)
                for (const Row& row : sheet->rows) {
                    const bool english = !text(*sheet, row, word + "::English (en)").empty();
                    for (const std::string& language : languages) {
                        INFO(version << " " << name << " row " << row.number << " " << word << " "
                                     << language);
                        CHECK(column(*sheet, word + "::" + language) > 0);
                        const std::string said = text(*sheet, row, word + "::" + language);
                        CHECK(said.empty() != english);
                        CHECK(is_utf8(said));
                    }
                }
        }
}

TEST_CASE("a constraint and a required question explain themselves", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        const Sheet* survey = shipped_form(version).workbook.sheet("survey");
        REQUIRE(survey);
        for (const Row& row : survey->rows) {
            INFO(version << " row " << row.number);
            CHECK(text(*survey, row, "constraint").empty() ==
                  text(*survey, row, "constraint_message::English (en)").empty());
            CHECK(text(*survey, row, "required").empty() ==
                  text(*survey, row, "required_message::English (en)").empty());
        }
    }
}

TEST_CASE("no choice stands for don't know, prefer not to say or not asked", "[questionnaires]") {
    const std::set<std::string> never{"dont_know",         "dk",      "prefer_not",
                                      "prefer_not_to_say", "refused", "not_asked"};
    for (const std::string version : {"2013", "current"}) {
        const Sheet* choices = shipped_form(version).workbook.sheet("choices");
        REQUIRE(choices);
        for (const Row& row : choices->rows)
            CHECK(never.count(text(*choices, row, "name")) == 0);
    }
}

TEST_CASE("the status of each language is written beside it", "[questionnaires]") {
    for (const std::string version : {"2013", "current"}) {
        std::ifstream file(shipped("safer_streets_doorstep/" + version + "/wording.csv"));
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

TEST_CASE("the officer's page is in English whatever the resident speaks", "[questionnaires]") {
    const auto door = TestDoor::opened("current");
    const std::string english = door->question("officer_concern").label;
    for (const std::string& language : languages) {
        door->speak(language);
        CHECK(door->question("officer_concern").label == english);
    }
    CHECK(door->question("household_size").label == "ਇੱਥੇ ਕਿੰਨੇ ਲੋਕ ਰਹਿੰਦੇ ਹਨ?");
}

}  // namespace doorstep
