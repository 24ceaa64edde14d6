#include "forms/desk/package.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

// The first error, or a warning when there is none.
const Diagnostic& first(const FormPackage& package) {
    REQUIRE_FALSE(package.found.empty());
    const auto error = std::find_if(package.found.begin(), package.found.end(),
                                    [](const Diagnostic& one) { return one.severity == Severity::error; });
    return error == package.found.end() ? package.found.front() : *error;
}

FormPackage open_markdown(const std::string& text) {
    const TemporaryFolder folder;
    return open_package(folder.write("street.md", text), nullptr);
}

}  // namespace

TEST_CASE("a form of markdown tables opens and knows its name", "[desk]") {
    const auto package = open_markdown("| settings |\n"
                                       "| | form_id | version | form_title |\n"
                                       "| | street | 7 | Street |\n"
                                       "| survey |\n"
                                       "| | type | name | label |\n"
                                       "| | integer | people | How many? |\n");
    INFO((package.found.empty() ? std::string() : package.found.front().text()));
    REQUIRE(package.form);
    CHECK(package.form->id() == "street");
    CHECK(package.form->version() == "7");
    CHECK(package.form->title() == "Street");
    CHECK(package.form->hash() == Sha256::of(package.xml));
}

TEST_CASE("a cycle is told in rows of the sheet", "[desk]") {
    const auto package = open_markdown("| survey |\n"
                                       "| | type | name | label | calculation | relevant |\n"
                                       "| | integer | weight | W | | |\n"
                                       "| | calculate | ok | | ${index} > 1 | |\n"
                                       "| | integer | index | I | | ${ok} = 1 |\n");
    CHECK_FALSE(package.form);
    const Diagnostic& cycle = first(package);
    CHECK(cycle.code == "cycle");
    CHECK(cycle.place.sheet == "survey");
    CHECK((cycle.place.row == 3 || cycle.place.row == 4));
    CHECK(cycle.why.find("3") != std::string::npos);
    CHECK(cycle.why.find("4") != std::string::npos);
    CHECK(cycle.why.find(" -> ") != std::string::npos);
}

TEST_CASE("the same form gives the same hash, and a changed word another", "[desk]") {
    const std::string form = "| survey |\n| | type | name | label |\n| | text | a | Word |\n";
    std::string changed = form;
    changed.replace(changed.find("Word"), 4, "Ward");
    const auto one = open_markdown(form), again = open_markdown(form), other = open_markdown(changed);
    REQUIRE(one.form);
    REQUIRE(again.form);
    REQUIRE(other.form);
    CHECK(one.form->hash() == again.form->hash());
    CHECK(one.form->hash() != other.form->hash());
}

TEST_CASE("a list beside the form is read, one that is missing is told", "[desk]") {
    const TemporaryFolder folder;
    const std::string form =
        folder.write("form.md", "| survey |\n"
                                "| | type | name | label |\n"
                                "| | select_one_from_file wards.csv | ward | Which? |\n");
    CHECK_FALSE(open_package(form, nullptr).form);
    folder.write("wards.csv", "name,label\noakmere,Oakmere\n");
    const auto package = open_package(form, nullptr);
    INFO((package.found.empty() ? std::string() : package.found.front().text()));
    CHECK(package.form);
}

TEST_CASE("what is not there is said with its name", "[desk]") {
    const auto package = open_package("/nowhere/at/all", nullptr);
    CHECK_FALSE(package.form);
    CHECK(first(package).text().find("all") != std::string::npos);
}

TEST_CASE("an XForm is opened as it is; a hostile one is refused", "[desk]") {
    const TemporaryFolder folder;
    CHECK_FALSE(open_package(folder.write("a.xml", ""), nullptr).form);
    CHECK_FALSE(open_package(folder.write("b.xml", "<data/>"), nullptr).form);
    CHECK_FALSE(open_package(folder.write("c.xml", "<a><b></a>"), nullptr).form);
    CHECK_FALSE(open_xform(std::string("\0\0", 2), "d.xml").form);
    CHECK_FALSE(
        open_package(
            folder.write("e.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"),
            nullptr)
            .form);
}

TEST_CASE("the shipped library opens without a mistake", "[desk]") {
    const Library library = open_library(shipped_questionnaires());
    for (const Diagnostic& one : library.found) {
        INFO(one.text());
        CHECK(one.severity == Severity::warning);
    }
    REQUIRE(library.form("safer_streets_doorstep", "2013"));
    const auto form = library.form("safer_streets_doorstep", "2013");
    REQUIRE(library.package(form->hash()));
    CHECK(library.package(form->hash())->form == form);
    CHECK_FALSE(library.form("safer_streets_doorstep", "1913"));
    CHECK_FALSE(library.package(Sha256{}));
}

TEST_CASE("a folder that is no library is told, not ignored", "[desk]") {
    CHECK(has_error(open_library("/nowhere/at/all").found));
}
