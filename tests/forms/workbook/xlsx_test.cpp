// Workbooks as spreadsheet programs write them.
#include <catch2/catch.hpp>

#include "forms/workbook/workbook.h"
#include "tests/support/xlsx_file.h"

using namespace doorstep;

namespace {

Workbook book_of(const XlsxFile& file) {
    Diagnostics found;
    Workbook book = read_xlsx(file.bytes(), "form.xlsx", found);
    for (const Diagnostic& one : found)
        FAIL_CHECK(one.text());
    return book;
}

std::string text_of(const XlsxFile& file, int row, int column) {
    const Workbook book = book_of(file);
    REQUIRE(!book.sheets.empty());
    if (row == 1)
        return book.sheets[0].header.at(column) ? book.sheets[0].header.at(column)->text : "";
    for (const Row& one : book.sheets[0].rows)
        if (one.number == row)
            return one.at(column) ? one.at(column)->text : "";
    return "";
}

// What the author sees in the cell A2 that is written as `cell`.
std::string seen(const std::string& cell, const std::string& styles = {},
                 const std::string& properties = {}) {
    XlsxFile file;
    file.styles = styles;
    file.book_properties = properties;
    file.sheet("survey", row_of(1, {"type"}) + "<row r=\"2\">" + cell + "</row>");
    return text_of(file, 2, 1);
}

std::string seen_number(const std::string& stored) {
    return seen("<c r=\"A2\"><v>" + stored + "</v></c>");
}

// A number in the first style, which has the built-in format `id`.
std::string seen_as(int id, const std::string& stored, const std::string& properties = {}) {
    return seen("<c r=\"A2\" s=\"1\"><v>" + stored + "</v></c>",
                fmt::format("<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"{}\"/></cellXfs>", id), properties);
}

std::string seen_in(const std::string& format, const std::string& stored) {
    return seen("<c r=\"A2\" s=\"0\"><v>" + stored + "</v></c>",
                fmt::format("<numFmts><numFmt numFmtId=\"170\" formatCode=\"{}\"/></numFmts>"
                            "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                            "<cellXfs><xf numFmtId=\"170\"/></cellXfs>",
                            format));
}

}  // namespace

TEST_CASE("shared texts are found by number, and every cell keeps its place", "[xlsx]") {
    XlsxFile file;
    file.shared = "<si><t>type</t></si><si><t xml:space=\"preserve\"> name </t></si><si><t>text</t></si>";
    file.sheet("survey",
               "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c></row>"
               "<row r=\"7\"><c r=\"A7\" t=\"s\"><v>2</v></c><c r=\"C7\" t=\"s\"><v>2</v></c></row>");
    const Workbook book = book_of(file);
    REQUIRE(book.sheets.size() == 1);
    const Sheet& sheet = book.sheets[0];
    CHECK(sheet.header.at(3)->text == "name");
    REQUIRE(sheet.rows.size() == 1);
    CHECK(sheet.rows[0].number == 7);
    CHECK(sheet.rows[0].at(2) == nullptr);
    CHECK(book.place(sheet, 7, 3) == Place{"form.xlsx", "survey", 7, 3, "name"});
}

TEST_CASE("rich text is joined, and what only says how to pronounce it is left out", "[xlsx]") {
    XlsxFile file;
    file.shared = "<si><r><rPr><b/></rPr><t>Your </t></r><r><t>street</t></r>"
                  "<rPh sb=\"0\" eb=\"1\"><t>SPOKEN</t></rPh><phoneticPr fontId=\"1\"/></si>";
    file.sheet("survey",
               "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>"
               "<c r=\"B1\" t=\"inlineStr\"><is><r><t>a</t></r><rPh sb=\"0\" eb=\"1\"><t>NO</t></rPh>"
               "<r><t>b</t></r></is></c></row>");
    CHECK(text_of(file, 1, 1) == "Your street");
    CHECK(text_of(file, 1, 2) == "ab");
}

TEST_CASE("numbers stand as their author sees them", "[xlsx]") {
    CHECK(seen_number("1") == "1");
    CHECK(seen_number("1.0") == "1");
    CHECK(seen_number("-0.5") == "-0.5");
    CHECK(seen_number("0.30000000000000004") == "0.3");
    CHECK(seen_number("3.1400000000000001") == "3.14");
    CHECK(seen_number("1E-7") == "0.0000001");
    CHECK(seen_number("1.5E3") == "1500");
    CHECK(seen_number("1E+20") == "100000000000000000000");
    CHECK(seen_number("12345678901234567") == "12345678901234567");
    CHECK(seen_number("0.000012345") == "0.000012345");
    CHECK(seen_number("-0") == "0");
    CHECK(seen_number("1e300") == "1e+300");
    CHECK(seen_number("007") == "7");
    CHECK(seen_number("many") == "many");
    CHECK(seen_number("1e999") == "1e999");
}

TEST_CASE("booleans, results of formulas and ISO days are read", "[xlsx]") {
    CHECK(seen("<c r=\"A2\" t=\"b\"><v>1</v></c>") == "TRUE");
    CHECK(seen("<c r=\"A2\" t=\"b\"><v>0</v></c>") == "FALSE");
    CHECK(seen("<c r=\"A2\" t=\"str\"><f>B1&amp;\"x\"</f><v>yes</v></c>") == "yes");
    CHECK(seen("<c r=\"A2\"><f>1+1</f><v>2</v></c>") == "2");
    CHECK(seen("<c r=\"A2\" t=\"d\" s=\"0\"><v>2013-06-08T00:00:00</v></c>",
               "<cellXfs><xf numFmtId=\"14\"/></cellXfs>") == "2013-06-08");
    CHECK(seen("<c r=\"A2\" t=\"str\"><f>\"\"</f><v></v></c>").empty());
}

TEST_CASE("days and times are read by the format of their cell", "[xlsx]") {
    CHECK(seen_as(14, "41433") == "2013-06-08");
    CHECK(seen_as(14, "41433.75") == "2013-06-08");
    CHECK(seen_as(22, "41433.75") == "2013-06-08T18:00:00");
    CHECK(seen_as(20, "0.25") == "06:00:00");
    CHECK(seen_as(46, "1.5") == "36:00:00");
    CHECK(seen_as(14, "1") == "1900-01-01");
    CHECK(seen_as(14, "59") == "1900-02-28");
    CHECK(seen_as(14, "61") == "1900-03-01");
    CHECK(seen_as(14, "60") == "60");  // the day that never was
    CHECK(seen_as(14, "-3") == "-3");
    CHECK(seen_as(14, "99999999") == "99999999");
    CHECK(seen_as(2, "41433") == "41433");
    CHECK(seen_as(14, "39971", "<workbookPr date1904=\"1\"/>") == "2013-06-08");
    CHECK(seen_as(14, "0", "<workbookPr date1904=\"true\"/>") == "1904-01-01");
}

TEST_CASE("a workbook's own formats say what is a day", "[xlsx]") {
    CHECK(seen_in("yyyy\\-mm\\-dd", "41433") == "2013-06-08");
    CHECK(seen_in("[$-409]d\\-mmm\\-yy;@", "41433") == "2013-06-08");
    CHECK(seen_in("h:mm", "0.5") == "12:00:00");
    CHECK(seen_in("[h]:mm", "1.5") == "36:00:00");
    CHECK(seen_in("mmmm", "41433") == "2013-06-08");
    CHECK(seen_in("General", "41433") == "41433");
    CHECK(seen_in("0.00&quot; days&quot;", "3") == "3");
    CHECK(seen_in("[Red]0.0", "2.5") == "2.5");
    CHECK(seen_in("0.00E+00", "250") == "250");
    CHECK(seen_in("#,##0\\ \\m", "7") == "7");
}

TEST_CASE("pasted quotation marks, spaces and escapes become what an expression needs", "[xlsx]") {
    CHECK(seen("<c r=\"A2\" t=\"inlineStr\"><is><t>\xC2\xA0${a} = "
               "\xE2\x80\x98yes\xE2\x80\x99\xC2\xA0</t></is></c>") == "${a} = 'yes'");
    CHECK(seen("<c r=\"A2\" t=\"inlineStr\"><is><t>one_x000A_two_x005F_x</t></is></c>") == "one\ntwo_x");
    CHECK(seen("<c r=\"A2\" t=\"inlineStr\"><is><t>_x0000_ _xZZZZ_</t></is></c>") == "_x0000_ _xZZZZ_");
    CHECK(seen("<c r=\"A2\" t=\"inlineStr\"><is><t>a &lt; b &amp;&#38; <![CDATA[c<d]]></t></is></c>") ==
          "a < b && c<d");
}

TEST_CASE("hidden sheets are read, charts are not, and merged cells say what they show", "[xlsx]") {
    XlsxFile file;
    file.sheet("survey",
               row_of(1, {"type", "name"}) +
                   "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>x</v></c><c r=\"B2\"/></row>",
               "<mergeCells count=\"1\"><mergeCell ref=\"A2:B2\"/></mergeCells>");
    file.sheet("choices", row_of(1, {"list_name", "name"}));
    file.sheet("Chart1", "");
    file.instead["xl/workbook.xml"] = fmt::format(
        R"(<workbook xmlns="{}" xmlns:r="{}"><sheets><sheet name="Chart1" sheetId="3" r:id="rId9"/>)"
        R"(<sheet name="survey" sheetId="1" r:id="rId1"/>)"
        R"(<sheet name="choices" sheetId="2" state="veryHidden" r:id="rId2"/></sheets></workbook>)",
        file.main, file.office);
    file.instead["xl/_rels/workbook.xml.rels"] =
        XlsxFile::relationships({{"rId1", file.office + "/worksheet", "worksheets/sheet1.xml"},
                                 {"rId2", file.office + "/worksheet", "worksheets/sheet2.xml"},
                                 {"rId9", file.office + "/chartsheet", "chartsheets/sheet1.xml"}});
    const Workbook book = book_of(file);
    REQUIRE(book.sheets.size() == 2);
    CHECK(book.sheet("choices")->header.at(1)->text == "list_name");
    CHECK(book.sheet("survey")->rows[0].at(1)->text == "x");
    CHECK(book.sheet("survey")->rows[0].at(2) == nullptr);
}

TEST_CASE("the strict form, prefixes, absolute targets and other names of parts are read", "[xlsx]") {
    XlsxFile file;
    file.main = "http://purl.oclc.org/ooxml/spreadsheetml/main";
    file.office = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    file.instead["_rels/.rels"] =
        XlsxFile::relationships({{"a", file.office + "/officeDocument", "/book/Main.xml"}});
    file.instead["book/_rels/Main.xml.rels"] =
        XlsxFile::relationships({{"q", file.office + "/worksheet", "/sheets/./one.xml"},
                                 {"r", file.office + "/worksheet", "../sheets/TWO.XML"}});
    file.instead["book/Main.xml"] = fmt::format(
        R"(<x:workbook xmlns:x="{}" xmlns:rel="{}"><x:sheets><x:sheet name="survey" sheetId="1" rel:id="q"/>)"
        R"(<x:sheet name="choices" sheetId="2" rel:id="r"/></x:sheets></x:workbook>)",
        file.main, file.office);
    const std::string sheet =
        fmt::format(R"(<x:worksheet xmlns:x="{}"><x:sheetData><x:row><x:c t="str"><x:v>one</x:v>)"
                    R"(</x:c><x:c t="str"><x:v>two</x:v></x:c></x:row></x:sheetData></x:worksheet>)",
                    file.main);
    file.instead["sheets/one.xml"] = sheet;
    file.instead["sheets/two.xml"] = sheet;
    const Workbook book = book_of(file);
    REQUIRE(book.sheets.size() == 2);
    CHECK(book.sheets[0].header.at(2)->text == "two");  // cells without an address follow one another
    CHECK(book.sheets[1].header.at(1)->text == "one");
}

TEST_CASE("a package without relationships is read where everybody puts the book", "[xlsx]") {
    XlsxFile file;
    file.sheet("survey", row_of(1, {"type"}));
    file.instead["_rels/.rels"] = "absent";
    CHECK(text_of(file, 1, 1) == "type");
}

TEST_CASE("foreign elements with familiar names are left alone", "[xlsx]") {
    XlsxFile file;
    file.sheet("survey", row_of(1, {"type"}) +
                             "<row r=\"2\" xmlns:z=\"urn:z\"><z:c r=\"B2\" t=\"str\"><z:v>no</z:v></z:c>"
                             "<c r=\"A2\" t=\"str\"><z:v>no</z:v><v>yes</v></c></row>");
    CHECK(text_of(file, 2, 1) == "yes");
    CHECK(text_of(file, 2, 2).empty());
}

TEST_CASE("thousands of empty columns leave nothing behind", "[xlsx]") {
    std::string cells = "<c r=\"A1\" t=\"str\"><v>type</v></c>";
    for (int column = 2; column <= 16'384; ++column)
        cells += fmt::format("<c r=\"{}1\" s=\"4\"/>", column_letters(column));
    XlsxFile file;
    file.sheet("survey", "<row r=\"1\">" + cells + "</row>");
    const Workbook book = book_of(file);
    CHECK(book.sheets[0].header.cells.size() == 1);
}

TEST_CASE("rows and cells out of order are put in order", "[xlsx]") {
    XlsxFile file;
    file.sheet("survey",
               row_of(5, {"five"}) + row_of(1, {"type"}) +
                   "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>b</v></c><c r=\"A3\" t=\"str\"><v>a</v></c></row>");
    const Workbook book = book_of(file);
    REQUIRE(book.sheets[0].rows.size() == 2);
    CHECK(book.sheets[0].rows[0].number == 3);
    CHECK(book.sheets[0].rows[0].at(1)->text == "a");
    CHECK(book.sheets[0].rows[1].at(1)->text == "five");
}

TEST_CASE("names of sheets may hold an ampersand, and sheets of other matters are only named", "[xlsx]") {
    XlsxFile file;
    file.sheet("survey", row_of(1, {"type"}));
    file.sheet("Q&A <notes>", "this is not even <XML");
    Diagnostics found;
    const Workbook book = read_xlsx(file.bytes(), "form.xlsx", found);
    // The writer of this test does not escape inside a part, so only the name counts.
    CHECK(found.empty());
    REQUIRE(book.sheets.size() == 2);
    CHECK(book.sheets[1].name == "Q&A <notes>");
    CHECK(book.sheets[1].rows.empty());
}

TEST_CASE("a single sheet is the survey, and its author is told to name it so", "[xlsx]") {
    XlsxFile file;
    file.sheet("Sheet1", row_of(1, {"type"}));
    Diagnostics found;
    const Workbook book = read_xlsx(file.bytes(), "form.xlsx", found);
    REQUIRE(found.size() == 1);
    CHECK(
        found[0].text() ==
        "form.xlsx: warning: the only sheet, \"Sheet1\", is read as the sheet survey. Mend: name it survey.");
    CHECK(book.sheet("survey") != nullptr);
}

TEST_CASE("a cell that shows an error and a formula without its result are remarked", "[xlsx]") {
    XlsxFile file;
    file.sheet("survey", row_of(1, {"type"}) +
                             "<row r=\"2\"><c r=\"A2\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>"
                             "<row r=\"3\"><c r=\"A3\"><f>A2</f></c></row>");
    Diagnostics found;
    read_xlsx(file.bytes(), "form.xlsx", found);
    REQUIRE(found.size() == 2);
    CHECK(found[0].text() ==
          "form.xlsx, sheet survey, row 2, column A (type): warning: the cell shows the error "
          "#DIV/0!. Mend: mend its formula, or write the text itself.");
    CHECK(found[1].place.row == 3);
    CHECK_FALSE(has_error(found));
}
