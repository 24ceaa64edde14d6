// Broken workbooks and the exact words that their authors read.
#include <catch2/catch.hpp>

#include <string>

#include "tests/forms/xlsform/xform.h"

using namespace doorstep;
using doorstep::tests::XForm;

namespace {

constexpr const char* choices = "| choices |\n| | list_name | name | label |\n| | yes_no | yes | Yes |\n"
                                "| | yes_no | no | No |\n| | villages | a | A |\n";

// A survey of the usual columns with the rows given.
XForm survey(const std::string& rows, const std::string& more = choices) {
    return XForm("| survey |\n| | type | name | label | relevant | calculation | appearance | sensitive |\n" +
                     rows + more,
                 nullptr, "household.md");
}

}  // namespace

TEST_CASE("an unknown type", "[mistakes]") {
    const auto form = survey("| | select_on yes_no | a | A |\n");
    CHECK(form.refused());
    CHECK(form.messages() ==
          std::vector<std::string>{
              "household.md, sheet survey, row 2, column A (type): \"select_on yes_no\" is not a "
              "question type. Did you mean \"select_one yes_no\"?"});
}

TEST_CASE("an unknown list", "[mistakes]") {
    CHECK(survey("| | select_one yesno | a | A |\n").message("unknown-list") ==
          "household.md, sheet survey, row 2, column A (type): the list \"yesno\" is not on the choices "
          "sheet. Lists "
          "there: yes_no, villages. Mend: yesno -> yes_no, or add rows with list_name yesno.");
}

TEST_CASE("a select without any choices sheet, and with one that is nearly named so", "[mistakes]") {
    CHECK(survey("| | select_one yn | a | A |\n", "").message("missing-sheet") ==
          "household.md, sheet survey, row 2, column A (type): there is no sheet choices. Mend: add a sheet "
          "choices "
          "with the columns list_name, name and label.");
    CHECK(survey("| | select_one yn | a | A |\n", "| choice |\n| | list_name | name |\n")
              .message("missing-sheet") == "household.md, sheet survey, row 2, column A (type): there is no "
                                           "sheet choices. There is \"choice\". Mend: "
                                           "choice -> choices.");
}

TEST_CASE("a reference to no question, with the nearest one and its row", "[mistakes]") {
    CHECK(survey("| | integer | age | Age |\n| | text | b | B | ${agee} > 5 |\n").messages() ==
          std::vector<std::string>{
              "household.md, sheet survey, row 3, column D (relevant): ${agee} is no question. "
              "Nearest: ${age} (row 2). Mend: agee -> age."});
    CHECK(survey("| | text | b | Hello ${zebra} |\n").message("unknown-reference") ==
          "household.md, sheet survey, row 2, column C (label): ${zebra} is no question. Mend: write the "
          "name of a question of the survey sheet.");
    CHECK(survey("| | text | b | B | ${} = 1 |\n").message("bad-reference") ==
          "household.md, sheet survey, row 2, column D (relevant): ${ names no question. Mend: write "
          "${name}, with the "
          "name of a question.");
}

TEST_CASE("a name that stands twice cannot be referred to", "[mistakes]") {
    CHECK(survey("| | text | a | A |\n| | begin group | g | G |\n| | text | a | A |\n| | end group |\n"
                 "| | text | b | B | ${a} = 1 |\n")
              .message("ambiguous-reference") ==
          "household.md, sheet survey, row 6, column D (relevant): ${a} could be row 2 or row 4. A name that "
          "is used in "
          "${} must stand once in the whole form. Mend: rename one of the two.");
}

TEST_CASE("a bad expression is told at the character of the author's text", "[mistakes]") {
    const auto form = survey("| | integer | age | Age |\n| | text | b | B | ${age} > 5 adn ${age} < 9 |\n");
    REQUIRE(form.found().size() == 1);
    const std::string text = form.found()[0].text();
    CHECK(text.starts_with(
        "household.md, sheet survey, row 3, column D (relevant): the expression stops at character "
        "12: \"${age} > 5 adn ...\"; expected "));
    CHECK(form.found()[0].mend == "adn -> and.");
    // The rewritten path is longer than the name, and é is one character.
    CHECK(survey("| | text | age | Age |\n| | text | b | B | ${age} = 'é' ) |\n")
              .message("syntax")
              .find("at character 14: \"${age} = 'é' )\"") != std::string::npos);
}

TEST_CASE("an expression that is not finished", "[mistakes]") {
    const std::string text = survey("| | text | b | B | concat('a', |\n").message("syntax");
    CHECK(text.starts_with(
        "household.md, sheet survey, row 2, column D (relevant): the expression is not finished: "
        "\"concat('a',\""));
}

TEST_CASE("a function that is not there, and one with too few arguments", "[mistakes]") {
    CHECK(survey("| | text | b | B | selectd(., 'a') |\n").message("unknown-function") ==
          "household.md, sheet survey, row 2, column D (relevant): there is no function selectd() (character "
          "1). Mend: "
          "selectd -> selected.");
    CHECK(survey("| | text | b | B | 1 + count-selected() |\n").message("arguments") ==
          "household.md, sheet survey, row 2, column D (relevant): count-selected() cannot be used with 0 "
          "arguments "
          "(character 5). Mend: write one value between its brackets.");
}

TEST_CASE("groups that do not match", "[mistakes]") {
    CHECK(survey("| | begin group | hh | H |\n| | text | a | A |\n| | end repeat |\n")
              .message("unbalanced-group") == "household.md, sheet survey, row 4, column A (type): end "
                                              "repeat closes \"hh\", begun as a group in row 2. "
                                              "Mend: end group here, or move the row.");
    CHECK(survey("| | text | a | A |\n| | end group |\n").message("unbalanced-group") ==
          "household.md, sheet survey, row 3, column A (type): end group closes nothing: no group or repeat "
          "is open "
          "here. Mend: take the row out, or add the row that begins it.");
    CHECK(survey("| | begin repeat | hh | H |\n| | text | a | A |\n").message("open-group") ==
          "household.md, sheet survey, row 2, column A (type): \"hh\" is begun here as a repeat and never "
          "ended. Mend: "
          "add a row \"end repeat\" after its last question.");
}

TEST_CASE("names that are missing, taken, bad or reserved", "[mistakes]") {
    CHECK(survey("| | text | a | A |\n| | text | a | B |\n").message("duplicate-name") ==
          "household.md, sheet survey, row 3, column B (name): the name \"a\" is taken already by row 2. "
          "Names must "
          "differ within one group. Mend: give one of the two another name.");
    CHECK(survey("| | text |  | A |\n").message("missing-name") ==
          "household.md, sheet survey, row 2, column B (name): the row has no name. Its answer is stored and "
          "found "
          "under the name. Mend: write a short name, for example age.");
    CHECK(survey("| | text | 1st | A |\n").message("bad-name") ==
          "household.md, sheet survey, row 2, column B (name): \"1st\" cannot be a name. A name begins with "
          "a letter or "
          "_ and goes on with letters, digits, _, - and full stops. Mend: write for example _1st.");
    CHECK(survey("| | text | meta | A |\n").message("reserved-name") ==
          "household.md, sheet survey, row 2, column B (name): \"meta\" is reserved for what every form "
          "records by "
          "itself. Mend: choose another name.");
    const auto similar = survey("| | text | a | A |\n| | text | A | B |\n");
    CHECK_FALSE(similar.refused());
    CHECK(similar.message("similar-name") ==
          "household.md, sheet survey, row 3, column B (name): warning: \"A\" differs from \"a\" (row 2) in "
          "capital "
          "letters only. Some programs that read the answers cannot tell them apart. Mend: give one of the "
          "two another name.");
}

TEST_CASE("a question without words, and a calculation of nothing", "[mistakes]") {
    CHECK(survey("| | text | a |  |\n").message("missing-label") ==
          "household.md, sheet survey, row 2, column B (name): the question \"a\" has no label and no hint. "
          "Mend: write "
          "under label what is asked.");
    CHECK(survey("| | calculate | a |  |\n").message("missing-calculation") ==
          "household.md, sheet survey, row 2, column B (name): \"a\" calculates nothing: its calculation is "
          "empty. "
          "Mend: write under calculation what it computes.");
}

TEST_CASE("choices that stand twice, have no name or no list", "[mistakes]") {
    const auto list = [](const std::string& rows) {
        return survey("| | select_one yn | a | A |\n",
                      "| choices |\n| | list_name | name | label |\n" + rows);
    };
    CHECK(list("| | yn | yes | Yes |\n| | yn | yes | Yeah |\n").message("duplicate-choice") ==
          "household.md, sheet choices, row 3, column B (name): \"yes\" stands twice in the list \"yn\", "
          "first in row "
          "2. Mend: give one of them another name, or write yes under allow_choice_duplicates on the "
          "settings sheet.");
    CHECK(list("| | yn |  | Yes |\n| | yn | no | No |\n").message("choice-without-name") ==
          "household.md, sheet choices, row 2, column B (name): the choice has no name. The name is what is "
          "stored when "
          "it is chosen. Mend: write a short name, for example yes.");
    CHECK(list("| | yn | no | No |\n| |  | yes | Yes |\n").message("choice-without-list") ==
          "household.md, sheet choices, row 3, column A (list_name): the choice \"yes\" belongs to no list. "
          "Mend: write "
          "the name of its list under list_name.");
    CHECK(list("| | yn | no | |\n").message("choice-without-label") ==
          "household.md, sheet choices, row 2, column C (label): warning: the choice \"no\" has no label. "
          "Mend: write "
          "the words that the resident hears.");
}

TEST_CASE("parameters, files and triggers that cannot be", "[mistakes]") {
    const auto with = [](const std::string& cells) {
        return XForm("| survey |\n| | type | name | label | parameters | trigger | calculation |\n" + cells,
                     nullptr, "household.md");
    };
    CHECK(with("| | range | a | A | start=1 stop=9 |\n").message("unknown-parameter") ==
          "household.md, sheet survey, row 2, column D (parameters): range takes no parameter \"stop\". It "
          "takes: "
          "start, end, step, placeholder, tick_interval, tick_labelset. Mend: stop -> step.");
    CHECK(with("| | range | a | A | step=0 |\n").message("bad-parameter") ==
          "household.md, sheet survey, row 2, column D (parameters): step must not be 0. Mend: correct it in "
          "this cell.");
    CHECK(with("| | select_one_from_file wards.ods | a | A |\n").message("bad-file") ==
          "household.md, sheet survey, row 2, column A (type): \"wards.ods\" is not a file of choices. Mend: "
          "name a file "
          "that ends in .csv, .geojson or .xml.");
    CHECK(with("| | calculate | a | |  |  | 1 |\n| | calculate | b | | | ${a} | 2 |\n")
              .message("hidden-trigger") == "household.md, sheet survey, row 3, column E (trigger): ${a} is "
                                            "not shown to anybody, so it never sets off b. "
                                            "Mend: name a question that is asked.");
}

TEST_CASE("what is odd but allowed is a warning", "[mistakes]") {
    CHECK(survey("| | geopoint | a | A |  |  | maps |\n").message("appearance") ==
          "household.md, sheet survey, row 2, column F (appearance): warning: appearance \"maps\": not on "
          "this device; "
          "shown as text entry. Mend: take it out, or leave it so.");
    CHECK(survey("| | begin repeat | p | P |\n| | integer | inc | Income |\n| | end repeat |\n"
                 "| | calculate | s | |  | sum(${inc}) |\n")
              .message("sum-over-blanks") == "household.md, sheet survey, row 5, column E (calculation): "
                                             "warning: sum(${inc}): inc (row 3) is not required; "
                                             "blanks count as 0 here, other tools may show nothing. Mend: "
                                             "write yes under required in row 3, or leave it so.");
    CHECK(XForm("| survey |\n| | type | name | label | labels |\n| | text | a | A | x |\n")
              .message("unknown-column") == "form.md, sheet survey, row 1, column D (labels): warning: the "
                                            "column \"labels\" is not known and is left out. "
                                            "Did you mean \"label\"?");
}

TEST_CASE("only rules may read a restricted answer", "[mistakes]") {
    const auto form =
        survey("| | begin group | officer | Officer | | | | restricted |\n"
               "| | text | officer_concern | Concern |\n| | end group |\n"
               "| | text | b | B | ${officer_concern} = 'x' |\n| | note | n | ${officer_concern} |\n");
    CHECK(form.message("restricted-read") ==
          "household.md, sheet survey, row 5, column D (relevant): reads "
          "${officer_concern}, which is restricted; only "
          "referrals and offers may. Mend: take it out, or ask in a question that is not restricted.");
    CHECK(form.found().size() == 2);
    CHECK(survey("| | text | a | A | | | | secret |\n").message("bad-word") ==
          "household.md, sheet survey, row 2, column G (sensitive): \"secret\" is not allowed. Mend: write "
          "yes or "
          "restricted, or leave it blank.");
}

TEST_CASE("a workbook without a survey, and settings that are wrong", "[mistakes]") {
    CHECK(XForm("| surveys |\n| | type | name |\n| | text | a |\n").message("missing-sheet") ==
          "form.md: there is no sheet survey. There is \"surveys\". Mend: surveys -> survey.");
    CHECK(XForm("").message("empty") ==
          "form.md: there is nothing in this file. Mend: choose the file again; a "
          "form has a sheet survey with the columns type, name and label.");
    const XForm form(
        "| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n"
        "| | valid_from | valid_to | name | public_key |\n| | 2016-04-01 | 2015-13-01 | a b | MIIB |\n");
    CHECK(form.message("bad-date") == "form.md, sheet settings, row 2, column B (valid_to): \"2015-13-01\" "
                                      "is no date. Mend: write year, month and "
                                      "day, for example 2016-04-01.");
    CHECK(form.message("bad-name")
              .starts_with("form.md, sheet settings, row 2, column C (name): \"a b\" cannot be"));
    CHECK(form.message("encryption").starts_with("form.md, sheet settings, row 2, column D (public_key)"));
}

TEST_CASE("all mistakes of a workbook are told in one pass, in the order of its rows", "[mistakes]") {
    const auto form =
        survey("| | select_on yes_no | a | A |\n| | integer | age |  |\n| | text | b | B | ${agee} > 1 |\n"
               "| | text | b | ${zz} | 1 + |\n| | begin group | g | G |\n");
    REQUIRE(form.found().size() == 7);
    int row = 0;
    for (const Diagnostic& one : form.found()) {
        CHECK(one.place.row >= row);
        row = one.place.row;
    }
}

TEST_CASE("groups in groups without end are refused, not followed", "[mistakes]") {
    std::string rows;
    for (int i = 0; i < 500; ++i)
        rows += "| | begin group | g" + std::to_string(i) + " | G |\n";
    CHECK(survey(rows).message("too-deep") == "household.md, sheet survey, row 66, column A (type): groups "
                                              "stand in one another more than 64 deep. Mend: end some of "
                                              "them earlier, or take the outer ones away.");
}

TEST_CASE("a flood of mistakes is cut off, and the form still refused", "[mistakes]") {
    std::string rows;
    for (int i = 0; i < 3000; ++i)
        rows += "| | text | a" + std::to_string(i) + " | ${zebra} |\n";
    const auto form = survey(rows);
    CHECK(form.refused());
    CHECK(form.found().size() < 1010);
    CHECK(form.message("more-mistakes") ==
          "household.md: warning: there are more mistakes than are listed here. Mend: mend these first.");
}

TEST_CASE("a wall of warnings does not hide the error behind it", "[mistakes]") {
    std::string rows;
    for (int i = 0; i < 1500; ++i)
        rows += "| | text | a" + std::to_string(i) + " | A | | | zigzag |\n";
    CHECK(survey(rows + "| | text | last | ${zebra} |\n").refused());
    CHECK(survey("| | text | last | A | ${zebra} |\n" + rows).refused());
}

TEST_CASE("a cell that no form needs is refused by its length", "[mistakes]") {
    CHECK(survey("| | text | a | " + std::string(70'000, 'x') + " |\n").message("too-long") ==
          "household.md, sheet survey, row 2, column C (label): the cell is longer than 65536 characters. "
          "Mend: write it shorter, or in several rows.");
}

TEST_CASE("any table at all is converted or refused", "[mistakes]") {
    const std::string cells[] = {"text",
                                 "select_one yn",
                                 "begin group",
                                 "begin repeat",
                                 "end group",
                                 "end repeat",
                                 "a",
                                 "${a}",
                                 "${",
                                 "1 +",
                                 "yes",
                                 "note",
                                 "select_one ${a}",
                                 "calculate",
                                 "range",
                                 "",
                                 "=",
                                 "instance('yn')/root/item[name=${a}]",
                                 "begin loop over yn",
                                 "end loop",
                                 "']",
                                 "audit"};
    std::uint32_t state = 11;
    for (int round = 0; round < 600; ++round) {
        std::string text =
            "| survey |\n| | type | name | label | relevant | calculation | default | parameters | "
            "choice_filter | trigger | repeat_count |\n";
        for (int row = 0; row < 6; ++row) {
            text += "| |";
            for (int column = 0; column < 10; ++column) {
                state = state * 1664525 + 1013904223;
                text += cells[(state >> 16) % std::size(cells)] + " |";
            }
            text += "\n";
        }
        const XForm form(text + "| choices |\n| | list_name | name | label |\n| | yn | a | A ${a} |\n");
        CHECK((form.refused() || !form.xml().empty()));
    }
}
