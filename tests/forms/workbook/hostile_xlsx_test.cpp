// Workbooks that are broken, and workbooks made to hurt: refused with a message.
// Memory and time are held by the bounds of archive.h, part.h and cells.h; each is
// met here by something that would pass it.
#include <catch2/catch.hpp>

#include "forms/workbook/archive.h"
#include "forms/workbook/part.h"
#include "forms/workbook/tag_guard.h"
#include "forms/workbook/workbook.h"
#include "tests/support/xlsx_file.h"

using namespace doorstep;
using namespace std::string_literals;

namespace {

std::string message_of(const std::string& bytes) {
    Diagnostics found;
    read_xlsx(bytes, "form.xlsx", found);
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == Severity::error);
    CHECK_FALSE(found[0].code.empty());
    return found[0].text();
}

bool says(const std::string& text, std::string_view part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return true;
}

XlsxFile survey(const std::string& data) {
    XlsxFile file;
    file.sheet("survey", data);
    return file;
}

// A sheet that is not made of sheetData.
XlsxFile raw_sheet(std::string xml) {
    XlsxFile file = survey("");
    file.sheets[0].second = std::move(xml);
    return file;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

}  // namespace

TEST_CASE("what is no workbook is told from an old and from a locked one", "[xlsx]") {
    says(message_of(""), "form.xlsx: the file is empty.");
    says(message_of("type,name\n"), "this is no .xlsx workbook, whatever its name says.");
    says(message_of("PK and then nothing of the kind"), "its list of parts cannot be read.");
    const std::string compound = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    says(message_of(compound + "..."), "this is the old .xls format under a new name. Mend: open it");
    std::string wide;
    for (const char c : std::string_view("EncryptedPackage"))
        wide += {c, '\0'};
    says(message_of(compound + "..." + wide), "protected with a password");
}

TEST_CASE("a zip behind a password is told so", "[xlsx]") {
    XlsxFile file = survey(row_of(1, {"type"}));
    file.password = "open sesame";
    says(message_of(file.bytes()),
         "form.xlsx: the workbook is protected with a password. Mend: save it without");
}

TEST_CASE("every part that is missing is named", "[xlsx]") {
    XlsxFile file = survey("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>");
    file.shared = "<si><t>type</t></si>";
    for (const std::string part : {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"}) {
        XlsxFile without = file;
        without.instead[part] = "absent";
        says(message_of(without.bytes()), "its part " + part + " is missing.");
    }
    file.instead["xl/_rels/workbook.xml.rels"] = "absent";
    says(message_of(file.bytes()),
         "form.xlsx, sheet survey: the workbook is damaged: the part of this sheet is missing");
}

TEST_CASE("a workbook that was cut off or changed on its way is refused", "[xlsx]") {
    const std::string whole = survey(row_of(1, {"type", "name"}) + row_of(2, {"text", "a"})).bytes();
    for (std::size_t length = 0; length < whole.size(); length += 13) {
        Diagnostics found;
        read_xlsx(std::string_view(whole).substr(0, length), "form.xlsx", found);
        CHECK(has_error(found));
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x55);
        Diagnostics found;
        read_xlsx(changed, "form.xlsx", found);  // many bytes of a zip are said twice: it may still be read
    }
}

TEST_CASE("a workbook without a sheet, and one with too many", "[xlsx]") {
    says(message_of(XlsxFile{}.bytes()), "the workbook holds no sheet.");
    XlsxFile file;
    for (int i = 0; i < 101; ++i)
        file.sheet(fmt::format("s{}", i), "");
    says(message_of(file.bytes()), "more than 100 sheets");
}

TEST_CASE("entities are never read, neither as bombs nor from outside", "[xlsx]") {
    const std::string bomb = "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    const std::string outside = "<!DOCTYPE w [<!ENTITY b SYSTEM \"file:///etc/hostname\">]>";
    for (const std::string& type :
         {bomb, outside, std::string("<!DOCTYPE w SYSTEM \"http://127.0.0.1/x.dtd\">")}) {
        const XlsxFile file = raw_sheet(
            type + "<worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>");
        says(message_of(file.bytes()),
             "form.xlsx, sheet survey: the part xl/worksheets/sheet1.xml of the workbook "
             "cannot be read: it has a document type, which could hide entities.");
    }
    says(message_of(
             raw_sheet("<worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>")
                 .bytes()),
         "it is no XML (line 1:");
}

TEST_CASE("invalid UTF-8, NUL, UTF-16 and broken XML are told with their line", "[xlsx]") {
    says(message_of(survey("\n<row r=\"1\"><c t=\"str\"><v>\xC3\x28</v></c></row>").bytes()),
         "line 2 is not in UTF-8.");
    says(message_of(survey("<row><c t=\"str\"><v>a\0b</v></c></row>"s).bytes()), "it holds a NUL byte");
    says(message_of(raw_sheet("\xFF\xFE<\0w\0/\0>\0"s).bytes()), "it is no XML in UTF-8.");
    says(message_of(
             raw_sheet("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><worksheet>\xE9</worksheet>").bytes()),
         "is not in UTF-8.");
    says(message_of(raw_sheet("<worksheet>\n\n<sheetData></worksheet>").bytes()), "it is no XML (line 3:");
    says(message_of(raw_sheet("").bytes()), "cannot be read");
    says(message_of(raw_sheet(repeated("<a>", 5000)).bytes()), "cannot be read: it is no XML (line 1: ");
}

TEST_CASE("cells where there are none, twice, or pointing nowhere are damage with a place", "[xlsx]") {
    says(message_of(survey("<row r=\"1\"><c r=\"XFE1\" t=\"str\"><v>x</v></c></row>").bytes()),
         "form.xlsx, sheet survey, row 1: the sheet is damaged: there is no cell \"XFE1\".");
    says(message_of(survey("<row r=\"1\"><c r=\"ZZZZZZZZZZZZZZ1\"/></row>").bytes()), "there is no cell");
    says(message_of(survey("<row r=\"9999999999\"/>").bytes()), "there is no row \"9999999999\"");
    says(message_of(survey("<row r=\"-1\"/>").bytes()), "there is no row \"-1\"");
    says(message_of(survey("<row r=\"2\"><c r=\"A2\" t=\"s\"><v>7</v></c></row>").bytes()),
         "row 2, column A: the sheet is damaged: the cell points at text 7, and there are 0.");
    says(message_of(
             survey("<row r=\"2\"><c r=\"B2\" t=\"str\"><v>x</v></c><c r=\"B2\" t=\"str\"><v>y</v></c></row>")
                 .bytes()),
         "row 2, column B: the sheet is damaged: this cell stands in the file twice.");
    says(message_of(
             raw_sheet("<worksheet><sheetData><c t=\"str\"><v>x</v></c></sheetData></worksheet>").bytes()),
         "there is no cell");
}

TEST_CASE("a zip bomb ends at 64 MiB of one part", "[xlsx]") {
    const XlsxFile file = raw_sheet("<worksheet><sheetData>" + std::string(max_part_bytes + 1000, ' '));
    const std::string bytes = file.bytes();
    CHECK(bytes.size() < 200'000);
    says(message_of(bytes), "form.xlsx, sheet survey: the workbook unpacks to more than 64 MiB in one part.");
}

TEST_CASE("several large parts end at their sum", "[xlsx]") {
    XlsxFile file;
    const std::string large = "<worksheet>" + std::string(max_parts_bytes / 2, ' ') + "</worksheet>";
    file.sheet("survey", "").sheet("choices", "").sheet("settings", "");
    file.sheets[0].second = file.sheets[1].second = large;
    Diagnostics found;
    read_xlsx(file.bytes(), "form.xlsx", found);
    REQUIRE(!found.empty());
    says(found[0].text(), "unpacks to more than 96 MiB.");
}

TEST_CASE("a million cells are the most", "[xlsx]") {
    // Sixty columns a row; no addresses, so that they are cheap to write.
    const std::string row = "<row>" + repeated("<c><v>1</v></c>", 60) + "</row>";
    says(message_of(survey(repeated(row, 17'000)).bytes()), "more than 1000000 cells or 64 MiB of text");
}

TEST_CASE("one long text in very many cells ends at 64 MiB of text", "[xlsx]") {
    XlsxFile file = survey("<row>" + repeated("<c t=\"s\"><v>0</v></c>", 3000) + "</row>");
    file.shared = "<si><t>" + std::string(32'000, 'a') + "</t></si>";
    says(message_of(file.bytes()), "row 1: the workbook is too large");
}

TEST_CASE("empty shared texts and styled blanks are counted too", "[xlsx]") {
    XlsxFile file = survey("<row/>");
    file.shared = repeated("<si/>", 1'000'002);
    says(message_of(file.bytes()), "more than 1000000 texts or 32 MiB of them");
    file.shared = "<si><t>" + std::string(33u << 20, 'a') + "</t></si>";
    says(message_of(file.bytes()), "more than 1000000 texts or 32 MiB of them");
    says(message_of(survey("<row>" + repeated("<f/>", max_tags) + "</row>").bytes()),
         "it holds too many cells");
}

TEST_CASE("a tag with a hundred thousand attributes is refused before it costs anything", "[xlsx]") {
    std::string attributes;
    for (int i = 0; i < 100'000; ++i)
        attributes += fmt::format(" a{}=\"\"", i);
    says(message_of(survey("<row" + attributes + "/>").bytes()), "one of its tags has too many attributes");
    std::string nested;
    for (int i = 0; i < 100; ++i)
        nested += fmt::format("<a xmlns:n{}=\"urn:{}\">", i, i);
    says(message_of(survey(nested).bytes()), "it declares too many namespaces");
}

TEST_CASE("the guard sees tags, not what looks like them", "[xlsx]") {
    const std::string many = repeated("='", 2 * TagGuard::attributes_max);
    for (const std::string& harmless : {"<!-- it's " + many + " --><a b='c'/>", "<![CDATA[ ' " + many + "]]>",
                                        "<?p " + many + "?>", "text " + many, "<a b=\"" + many + "\"/>",
                                        "<a>" + many + "</a>", "<!---->" + many, "<!-->" + many + "-->"}) {
        INFO(harmless.substr(0, 20));
        CHECK(TagGuard().passes(harmless));
    }
    const std::string bad = "<a " + repeated("b='>' ", TagGuard::attributes_max + 1);
    CHECK_FALSE(TagGuard().passes(bad));
    CHECK_FALSE(TagGuard().passes("<!-- > -->" + bad));
    CHECK_FALSE(TagGuard().passes("<!---->" + bad));
    CHECK_FALSE(TagGuard().passes("<![CDATA[]]>" + bad));
    CHECK_FALSE(TagGuard().passes("<?x '?>" + bad));
    TagGuard byte_by_byte;
    bool passed = true;
    for (const char& c : bad)
        passed = passed && byte_by_byte.passes({&c, 1});
    CHECK_FALSE(passed);
}

TEST_CASE("a packed file above 16 MiB and one of too many parts are refused", "[xlsx]") {
    says(message_of("PK" + std::string(max_xlsx_bytes, 'x')), "the file is larger than 16 MiB.");
    std::vector<std::pair<std::string, std::string>> parts;
    for (std::size_t i = 0; i <= max_parts; ++i)
        parts.emplace_back(fmt::format("p{}", i), "");
    says(message_of(zipped(parts)), "more than 10000 parts");
}
