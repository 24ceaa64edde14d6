// Wordings left out: refused where a resident would miss them, told elsewhere.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/forms/xlsform/xform.h"

namespace doorstep::tests {
namespace {

// A form of ours: it has privacy wording that is read out.
std::string ours(const std::string& rows, const std::string& choices = "") {
    return "| survey |\n"
           "| | type | name | label::English | label::Polish | hint::English | appearance | sensitive |\n" +
           rows +
           "| choices |\n| | list_name | name | label::English | label::Polish |\n"
           "| | yn | yes | Yes | Tak |\n" +
           choices +
           "| settings |\n| | form_id | default_language | privacy_version |\n"
           "| | door | English | 2026-1 |\n";
}

}  // namespace

TEST_CASE("a form of ours without a resident's words is refused at the empty cell", "[wording]") {
    const XForm form(ours("| | text | a | A | | | | |\n"));
    CHECK(form.refused());
    CHECK(form.messages() ==
          std::vector<std::string>{
              "form.md, sheet survey, row 2, column D (label::Polish): there is no label in Polish. The form "
              "speaks English, Polish. The resident sees or hears it. Mend: fill column label::Polish."});
}

TEST_CASE("a language without its column is named beside the words that are there", "[wording]") {
    const XForm form(ours("| | text | a | A | Pole A | Look | | |\n"));
    CHECK(form.refused());
    CHECK(form.message("missing-wording")
              .find("row 2, column E (hint::English): there is no hint in Polish.") != std::string::npos);
}

TEST_CASE("a choice is refused only where a resident chooses", "[wording]") {
    const std::string maybe = "| | yn | maybe | Maybe | |\n";
    CHECK(XForm(ours("| | select_one yn | a | A | Pole A | | | |\n", maybe)).refused());
    CHECK_FALSE(XForm(ours("| | select_one yn | a | A | A | | officer | |\n", maybe)).refused());
    CHECK_FALSE(XForm(ours("| | select_one yn | a | A | A | | | restricted |\n", maybe)).refused());
    CHECK(XForm(ours("| | select_one yn | a | A | A | | officer | |\n"
                     "| | select_one yn | b | B | Pole B | | | |\n",
                     maybe))
              .refused());
}

TEST_CASE("what is the officer's alone may stand in one language", "[wording]") {
    for (const std::string rows : {
             "| | begin group | g | G | | | field-list officer | |\n| | text | a | A | | Look | | |\n"
             "| | end group | | | | | | |\n",
             "| | note | n | N | | | officer | |\n",
             "| | begin group | g | G | | | | |\n| | note | n | N | | | | |\n"
             "| | text | a | A | | | | restricted |\n| | end group | | | | | | |\n",
         }) {
        const XForm form(ours(rows));
        CHECK_FALSE(form.refused());
        CHECK_FALSE(form.found().empty());
        for (const Diagnostic& one : form.found())
            CHECK(one.severity == Severity::warning);
    }
}

TEST_CASE("a group that asks something else too is not the officer's page", "[wording]") {
    CHECK(XForm(ours("| | begin group | g | G | Grupa | | | |\n| | note | n | N | | | | |\n"
                     "| | text | a | A | | | | restricted |\n| | text | b | B | Pole B | | | |\n"
                     "| | end group | | | | | | |\n"))
              .refused());
    // "officers" is another word.
    CHECK(XForm(ours("| | text | a | A | | | officers | |\n")).refused());
}

TEST_CASE("a plain form with a gap is only told", "[wording]") {
    const XForm form("| survey |\n| | type | name | label::English | label::Polish |\n"
                     "| | text | a | A | |\n");
    CHECK_FALSE(form.refused());
    CHECK(form.found().size() == 1);
}

TEST_CASE("behind a wall of warnings a gap still refuses the form", "[wording]") {
    std::string rows;
    for (int i = 0; i < 1100; ++i)
        rows += "| | text | o" + std::to_string(i) + " | O | | | officer | |\n";
    CHECK_FALSE(XForm(ours(rows)).refused());
    CHECK(XForm(ours(rows + "| | text | a | A | | | | |\n")).refused());
}

}  // namespace doorstep::tests
