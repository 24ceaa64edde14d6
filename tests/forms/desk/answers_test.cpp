// A file of answers becomes a submission, or says at which row it cannot.
#include "forms/desk/answers.h"

#include <catch2/catch.hpp>

#include "forms/desk/package.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

const std::string form = "| survey |\n"
                         "| | type | name | label | required | relevant | constraint |\n"
                         "| | integer | age | Age? | yes | | . < 130 |\n"
                         "| | select_multiple pets | pets | Pets? | | | |\n"
                         "| | text | other | Which? | | selected(${pets}, 'other') | |\n"
                         "| | begin repeat | people | Person | | | |\n"
                         "| | text | name | Name? | | | |\n"
                         "| | end repeat | | | | | |\n"
                         "| | note | thanks | Thanks | | | |\n"
                         "| choices |\n| | list_name | name | label |\n"
                         "| | pets | cat | Cat |\n| | pets | dog | Dog |\n| | pets | other | Other |\n";

struct Given {
    Diagnostics found;
    std::string submission;

    Given(const std::string& name, const std::string& text, const std::string& of = form) {
        const TemporaryFolder folder;
        const auto package = open_package(folder.write("form.md", of), nullptr);
        REQUIRE(package.form);
        const ManualClock clock(1'370'696'700'000, 60);
        SeededRandom random(7);
        auto session = FormSession::begin(package.form, {}, clock, random);
        REQUIRE(session.ok());
        const auto answers = read_answers(folder.write(name, text), found);
        if (!has_error(found))
            give(*session, answers, package.origins, found);
        submission = session->submission();
    }
    std::string said() const {
        std::string all;
        for (const Diagnostic& one : found)
            all += one.text() + "\n";
        return all;
    }
    bool holds(const std::string& text) const { return submission.find(text) != std::string::npos; }
};

}  // namespace

TEST_CASE("answers of a CSV file fill the form, repeats made as they are named", "[desk][answers]") {
    const Given given("a.csv", "path,value,kind\nage,40,\npets,cat other,\n/data/other,Parrot,\n"
                               "/data/people[3]/name,Ann,\n\n/data/people[1]/name,,dont_know\n");
    INFO(given.said());
    CHECK(given.found.empty());
    CHECK(given.holds("<age>40</age>"));
    CHECK(given.holds("<pets>cat other</pets><other>Parrot</other>"));
    CHECK(given.holds("missing=\"dont_know\""));
    CHECK(given.holds("<people><name/></people><people><name>Ann</name></people>"));
}

TEST_CASE("answers of a JSON file: texts, numbers, lists and kinds", "[desk][answers]") {
    const Given given(
        "a.json", R"({"age": 40, "pets": ["dog", "cat"], "/data/people[1]/name": {"kind": "prefer_not"}})");
    INFO(given.said());
    CHECK(given.found.empty());
    CHECK(given.holds("<age>40</age><pets>cat dog</pets>"));  // as the list has them
    CHECK(given.holds("missing=\"prefer_not\""));
}

TEST_CASE("every wrong answer is told at its row, all at once", "[desk][answers]") {
    const Given given("a.csv",
                      "path,value\nage,forty\npests,cat\npets,horse\n/data/people[x]/name,Ann\nthanks,ok\n");
    const std::string said = given.said();
    INFO(said);
    CHECK(said.find("a.csv, row 2: age cannot be read as this kind of answer.") != std::string::npos);
    CHECK(said.find("a.csv, row 3: \"pests\" is no question of this form. Did you mean \"pets\"?") !=
          std::string::npos);
    CHECK(said.find("a.csv, row 4: pets is no longer one of the choices.") != std::string::npos);
    CHECK(said.find("a.csv, row 5: ") != std::string::npos);
    CHECK(said.find("a.csv, row 6: ") != std::string::npos);
}

TEST_CASE("what the file leaves out is told at the question's cell", "[desk][answers]") {
    const Given given("a.csv", "path,value\npets,cat\n");
    REQUIRE(given.found.size() == 1);
    CHECK(given.said().find("form.md, sheet survey, row 2, column D (required): age is not answered.") == 0);
    const Given hidden("a.csv", "path,value\nage,4\nother,Parrot\n");
    CHECK(hidden.found.empty());
    CHECK_FALSE(hidden.holds("Parrot"));
}

TEST_CASE("what cannot be computed is told at its row, whichever column it is, and every answer stays",
          "[desk][answers]") {
    const std::string broken_by_an_answer =
        "| survey |\n"
        "| | type | name | label | relevant | constraint | calculation | required | choice_filter | readonly "
        "| repeat_count |\n"
        "| | text | pattern | Pattern? | | | | | | | |\n"
        "| | text | shown | Shown? | regex('a', ${pattern}) | | | | | | |\n"
        "| | text | fits | Fits? | | regex(., ${pattern}) | | | | | |\n"
        "| | calculate | worked | | | | regex('a', ${pattern}) | | | | |\n"
        "| | text | needed | Needed? | | | | regex('a', ${pattern}) | | | |\n"
        "| | select_one pets | pick | Pick? | | | | | regex(name, ${pattern}) | | |\n"
        "| | text | fixed | Fixed? | | | | | | regex('a', ${pattern}) | |\n"
        "| | begin repeat | people | Person | | | | | | | number(regex('a', ${pattern})) |\n"
        "| | text | who | Who? | | | | | | | |\n"
        "| | end repeat | | | | | | | | | |\n"
        "| | text | last | Last? | | | | | | | |\n"
        "| choices |\n| | list_name | name | label |\n| | pets | cat | Cat |\n";
    const Given given("a.csv", "path,value\npattern,(\nfits,x\npick,cat\nlast,Bob\n", broken_by_an_answer);
    const std::string said = given.said();
    INFO(said);
    CHECK(given.found.size() == 7);
    CHECK(said.find("row 3, column D (relevant): shown cannot compute (row 3).") != std::string::npos);
    CHECK(said.find("row 4, column E (constraint): fits cannot compute (row 4).") != std::string::npos);
    CHECK(said.find("row 5, column F (calculation): worked cannot compute (row 5).") != std::string::npos);
    CHECK(said.find("row 6, column G (required): needed cannot compute (row 6).") != std::string::npos);
    CHECK(said.find(": pick cannot compute (row 7).") != std::string::npos);
    CHECK(said.find("row 8, column I (readonly): fixed cannot compute (row 8).") != std::string::npos);
    CHECK(said.find("row 9, column J (repeat_count): people_count cannot compute (row 9).") !=
          std::string::npos);
    CHECK(given.holds("<fits>x</fits>"));
    CHECK(given.holds("<last>Bob</last>"));
}

TEST_CASE("a rule that cannot be computed suggests nothing and stops nothing", "[desk][answers]") {
    const Given given("a.csv", "path,value\npattern,(\nlast,Bob\n",
                      "| survey |\n| | type | name | label |\n| | text | pattern | Pattern? |\n"
                      "| | text | last | Last? |\n"
                      "| offers |\n| | offer | when | reason |\n"
                      "| | lamp | regex('a', ${pattern}) | A lamp |\n");
    INFO(given.said());
    CHECK(given.said().find("sheet offers, row 2, column B (when): ") != std::string::npos);
    CHECK(given.said().find("cannot compute (offers row 2).") != std::string::npos);
    CHECK(given.holds("<last>Bob</last>"));
}

TEST_CASE("a file that holds no answers says what it should hold", "[desk][answers]") {
    CHECK(Given("a.csv", "").said().find("path,value") != std::string::npos);
    CHECK(Given("a.csv", "question,answer\nage,4\n").said().find("row 1: the first row does not name") !=
          std::string::npos);
    CHECK(Given("a.csv", "path,value,kind\nage,4,perhaps\n").said().find("row 2: \"perhaps\"") !=
          std::string::npos);
    CHECK(Given("a.csv", "path,value,kind\nage,4,not_asked\n").said().find("has no value") !=
          std::string::npos);
    CHECK(Given("a.csv", "path,value\n,4\n").said().find("row 2: the row names no question") !=
          std::string::npos);
    CHECK(Given("a.json", "[1, 2").said().find("no JSON") != std::string::npos);
    CHECK(Given("a.json", "[1, 2]").said().find("no JSON object") != std::string::npos);
    CHECK(Given("a.json", "{\"age\": {\"years\": 4}}").said().find("(age): this is no answer") !=
          std::string::npos);
    CHECK(Given("a.ods", "x").said().find("no file of answers") != std::string::npos);
    CHECK(Given("a.csv", std::string("path,value\nage,\xff\n")).said().find("UTF-8") != std::string::npos);
    Diagnostics found;
    CHECK(read_answers("/nowhere/answers.csv", found).empty());
    CHECK(has_error(found));
}
