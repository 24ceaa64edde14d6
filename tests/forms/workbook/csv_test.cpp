#include <catch2/catch.hpp>

#include <string>

#include "forms/workbook/workbook.h"

using namespace doorstep;

namespace {

Sheet sheet_of(const std::string& text, Diagnostics& found) {
    return read_csv(text, "list.csv", "list", found);
}

Sheet good_sheet(const std::string& text) {
    Diagnostics found;
    Sheet sheet = sheet_of(text, found);
    for (const Diagnostic& one : found)
        FAIL(one.text());
    return sheet;
}

std::string only_message(const std::string& text) {
    Diagnostics found;
    sheet_of(text, found);
    REQUIRE(found.size() == 1);
    return found.front().text();
}

}  // namespace

TEST_CASE("a quoted cell holds commas, line ends and quotation marks", "[csv]") {
    const Sheet sheet = good_sheet("name,label\r\na,\"one, two\r\nthree \"\"four\"\"\"\r\nb,B\r\n");
    REQUIRE(sheet.rows.size() == 2);
    CHECK(sheet.rows[0].at(2)->text == "one, two\r\nthree \"four\"");
    CHECK(sheet.rows[1].number == 3);
    CHECK(sheet.rows[1].at(1)->text == "b");
}

TEST_CASE("a byte order mark, old line ends and a missing last line end are read alike", "[csv]") {
    for (const std::string text :
         {"\xEF\xBB\xBFname,label\na,A", "name,label\ra,A\r", "name,label\r\na,A\r\n"}) {
        const Sheet sheet = good_sheet(text);
        CHECK(sheet.header.at(1)->text == "name");
        REQUIRE(sheet.rows.size() == 1);
        CHECK(sheet.rows[0].at(2)->text == "A");
    }
}

TEST_CASE("blank cells and blank rows are left out, and rows keep their numbers", "[csv]") {
    const Sheet sheet = good_sheet("name,,label\n\n , ,\nx,,y\n");
    REQUIRE(sheet.rows.size() == 1);
    CHECK(sheet.rows[0].number == 4);
    CHECK(sheet.rows[0].at(2) == nullptr);
    CHECK(sheet.rows[0].at(3)->text == "y");
    CHECK(sheet.rows[0].at(4) == nullptr);
}

TEST_CASE("a quotation mark inside a plain cell is a character like any other", "[csv]") {
    CHECK(good_sheet("a\n5\" pipe\n").rows[0].at(1)->text == "5\" pipe");
}

TEST_CASE("non-breaking spaces and smart quotes are read as plain ones", "[csv]") {
    const Sheet sheet = good_sheet("when\n\xC2\xA0${a} = \xE2\x80\x98yes\xE2\x80\x99\xC2\xA0\n");
    CHECK(sheet.rows[0].at(1)->text == "${a} = 'yes'");
}

TEST_CASE("a quotation mark that is never closed is told with its cell", "[csv]") {
    CHECK(
        only_message("a,b\nx,\"y\nz\n") ==
        "list.csv, row 2, column B: the cell opens with a quotation mark that is never closed. Mend: add the "
        "missing quotation mark at the end of the cell.");
}

TEST_CASE("text after a closing quotation mark is told and not lost", "[csv]") {
    Diagnostics found;
    const Sheet sheet = sheet_of("a\n\"x\"y\n", found);
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == "text-after-quote");
    CHECK(found[0].place.row == 2);
    CHECK(sheet.rows[0].at(1)->text == "xy");
}

TEST_CASE("bytes that are not UTF-8, and NUL, are refused with their place", "[csv]") {
    CHECK(only_message("a,b\ncaf\xE9,y\n") ==
          "list.csv: a letter cannot be read, since the file is not saved as UTF-8 (line 2, byte 4). Mend: "
          "save it again; in a spreadsheet program choose Save as, \"CSV UTF-8\".");
    CHECK(only_message(std::string("a\n\0", 3))
              .find("this is no text, but a picture, a workbook or another kind of file (line 2, byte 1)") !=
          std::string::npos);
}

TEST_CASE("a row with too many columns ends the reading", "[csv]") {
    CHECK(only_message("a\n" + std::string(20'000, ',') + "\n").find("more than 16384 columns") !=
          std::string::npos);
}

TEST_CASE("a workbook of too many cells ends the reading", "[csv]") {
    std::string text = "a,b\n";
    for (int i = 0; i < 500'001; ++i)
        text += ",\n";
    CHECK(only_message(text).find("more than 1000000 cells") != std::string::npos);
}
