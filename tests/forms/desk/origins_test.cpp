// What goes wrong while somebody answers, joined to the cell that an author can mend.
#include <catch2/catch.hpp>

#include <algorithm>

#include "forms/desk/package.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

struct Filled {
    FormPackage package;
    ManualClock clock{1'370'696'700'000, 60};
    SeededRandom random{7};
    std::optional<FormSession> session;

    explicit Filled(const std::string& workbook) {
        const TemporaryFolder folder;
        package = open_package(folder.write("street.md", workbook), nullptr);
        for (const Diagnostic& one : package.found)
            UNSCOPED_INFO(one.text());
        REQUIRE(package.form);
        auto begun = FormSession::begin(package.form, {}, clock, random);
        REQUIRE(begun.ok());
        session = std::move(*begun);
    }

    void answer(const std::string& path, const std::string& text) {
        REQUIRE(session->answer(*session->find(path), Answer::given(text)).ok());
    }
    const Blocked& blocked(const std::string& path) {
        all = session->blocked();
        const auto at = std::find_if(all.begin(), all.end(), [&](const Blocked& one) {
            return one.path.find(path) != std::string::npos;
        });
        REQUIRE(at != all.end());
        return *at;
    }
    std::vector<Blocked> all;
};

// The pattern is an answer, so that it is wrong only when somebody has typed it.
const std::string fails_later = "| survey |\n"
                                "| | type | name | label | calculation | constraint |\n"
                                "| | text | pattern | Pattern? | | |\n"
                                "| | text | remark | Remark? | | |\n"
                                "| | calculate | fits | | if(regex('a', ${pattern}), 'yes', 'no') | |\n"
                                "| | begin repeat | people | Person | | |\n"
                                "| | text | name | Name? | | regex(., ${pattern}) |\n"
                                "| | end repeat | | | | |\n"
                                "| | integer | age | Age? | | |\n";

}  // namespace

TEST_CASE("a calculation that fails at the door says its row, and nothing else stops", "[desk][origins]") {
    Filled form(fails_later);
    form.answer("/data/remark", "kept");
    CHECK(form.session->blocked().empty());
    form.answer("/data/pattern", "secret(");
    const Blocked& fits = form.blocked("/data/fits");
    CHECK(fits.violation == Violation::cannot_compute);
    CHECK(fits.property == "calculation");
    const Diagnostic found = diagnosed(fits, form.package.origins);
    CHECK(found.what == "cannot compute (row 4).");
    CHECK(found.place == Place{"street.md", "survey", 4, 4, "calculation"});
    CHECK_FALSE(found.mend.empty());
    // Neither the answer nor the pattern shows in what is said.
    CHECK(found.text().find("secret") == std::string::npos);
    // Everything else goes on.
    form.answer("/data/age", "40");
    CHECK(form.session->view(*form.session->find("/data/age"))->answer.text == "40");
    CHECK(form.session->submission().find("<remark>kept</remark>") != std::string::npos);
    CHECK(form.session->submission().find("<pattern>secret(</pattern>") != std::string::npos);
    // Mended at the door, it counts again.
    form.answer("/data/pattern", "a");
    CHECK(form.session->blocked().empty());
    CHECK(form.session->view(*form.session->find("/data/fits"))->answer.text == "yes");
}

TEST_CASE("inside a repeat it is still the row of the form, whichever the instance", "[desk][origins]") {
    Filled form(fails_later);
    REQUIRE(form.session->add_repeat("/data/people").ok());
    form.answer("/data/people[2]/name", "Ann");
    form.answer("/data/pattern", "[");
    const Blocked& name = form.blocked("people[2]/name");
    CHECK(name.property == "constraint");
    CHECK(diagnosed(name, form.package.origins).what == "cannot compute (row 6).");
    CHECK(diagnosed(name, form.package.origins).place.header == "constraint");
}

TEST_CASE("a rule that fails names its sheet", "[desk][origins]") {
    Filled form("| survey |\n| | type | name | label |\n| | text | pattern | Pattern? |\n"
                "| offers |\n| | offer | when | reason |\n| | lamp | regex('a', ${pattern}) | Dark |\n");
    form.answer("/data/pattern", "(");
    const Diagnostic found = diagnosed(form.blocked("offer:lamp"), form.package.origins);
    CHECK(found.what == "cannot compute (offers row 2).");
    CHECK(found.place == Place{"street.md", "offers", 2, 2, "when"});
}

TEST_CASE("what is not answered or does not fit stands at its question", "[desk][origins]") {
    Filled form(
        "| survey |\n| | type | name | label | required | constraint | constraint_message |\n"
        "| | integer | age | Age? | yes | . < 130 | Too old |\n| | text | name | Name? | yes | | |\n");
    form.answer("/data/age", "200");
    const Diagnostic old = diagnosed(form.blocked("age"), form.package.origins);
    CHECK(old.what == "does not fit.");
    CHECK(old.why == "Too old");
    CHECK(old.place.header == "constraint");
    const Diagnostic blank = diagnosed(form.blocked("name"), form.package.origins);
    CHECK(blank.what == "is not answered.");
    CHECK(blank.place.row == 3);
}

TEST_CASE("without a workbook the question is named instead of a row", "[desk][origins]") {
    Filled form(fails_later);
    form.answer("/data/pattern", "(");
    CHECK(diagnosed(form.blocked("/data/fits"), {}).what == "cannot compute (fits).");
    CHECK(diagnosed(form.blocked("/data/fits"), {}).place.row == 0);
}
