#include "client/wording/po_file.h"

#include <catch2/catch.hpp>

using namespace doorstep;

namespace {

std::vector<PoEntry> read(const std::string& text) {
    auto entries = read_po(text, "xx.po");
    if (!entries.ok())
        FAIL(entries.error().text());
    return std::move(entries).value();
}

}  // namespace

TEST_CASE("entries, comments, contexts, several lines, escapes", "[wording][po]") {
    const auto entries = read("# translator\n"
                              "#. extracted\n"
                              "#: client/screens/home.cpp:12\n"
                              "#, fuzzy, c-format\n"
                              "#| msgid \"Before\"\n"
                              "msgid \"Con\"\n"
                              "\"tinue\"\n"
                              "msgstr \"\"\n"
                              "\"Da\\\"l\\\\ej\\n\"\n"
                              "  \"\\tnow\"\n"
                              "\n"
                              "msgctxt \"button\"\n"
                              "msgid \"Back\"\n"
                              "msgstr \"Wstecz\"\n"
                              "msgid \"%d door\"\n"
                              "msgid_plural \"%d doors\"\n"
                              "msgstr[0] \"%d drzwi\"\n"
                              "msgstr[1] \"\"\n"
                              "\"%d drzwi też\"\n"
                              "\n"
                              "#~ msgid \"Gone\"\n"
                              "#~ msgstr \"Nie ma\"");
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].id == "Continue");
    CHECK(entries[0].texts == std::vector<std::string>{"Da\"l\\ej\n\tnow"});
    CHECK(entries[0].fuzzy);
    CHECK(entries[0].line == 6);
    CHECK(entries[1].context == "button");
    CHECK(entries[1].id == "Back");
    CHECK_FALSE(entries[1].fuzzy);
    CHECK(entries[2].plural == "%d doors");
    CHECK(entries[2].texts == std::vector<std::string>{"%d drzwi", "%d drzwi też"});
}

TEST_CASE("line ends and a byte order mark of other systems are no fault", "[wording][po]") {
    const auto entries = read("\xEF\xBB\xBFmsgid \"a\"\r\nmsgstr \"b\"\r\n\r\n\r\n#, fuzzy\r\nmsgid \"c\"\r\n"
                              "msgstr\"d\"\r\n");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].texts[0] == "b");
    CHECK(entries[1].fuzzy);
    CHECK(entries[1].texts[0] == "d");
    CHECK(read("").empty());
    CHECK(read("# only a comment\n").empty());
}

TEST_CASE("a broken catalogue names file and line", "[wording][po][hostile]") {
    const struct {
        std::string text, where;
    } cases[] = {
        {"msgid \"a\"\nmsgstr \"b", "xx.po:2: The closing"},
        {"msgid \"a\"\nmsgstr \"b\" c", "xx.po:2: Something stands after"},
        {"msgid \"a\"\nmsgstr \"say \"b\"\"", "xx.po:2: Something stands after"},
        {"msgid \"a\"\nmsgstr \"\\q\"", "xx.po:2: The text holds an escape"},
        {"msgid \"a\"\nmsgstr \"\\", "xx.po:2: The text holds an escape"},
        {"msgid \"a\"\n\nmsgstr \"b\"", "xx.po:2: The entry before this line has no msgstr"},
        {"msgid \"a\"", "has no msgstr"},
        {"msgid \"a\"\nmsgid \"b\"", "has no msgstr"},
        {"msgstr \"b\"", "xx.po:1: msgstr stands without"},
        {"\"lonely\"", "xx.po:1: A text stands without"},
        {"msgid a", "xx.po:1: A text in quotation marks"},
        {"msgid", "xx.po:1: A text in quotation marks"},
        {"hello \"a\"", "xx.po:1: \"hello\" is no word"},
        {"msgid \"a\"\nmsgstr[0] \"b\"", "xx.po:2: Only an entry with msgid_plural"},
        {"msgid \"a\"\nmsgid_plural \"as\"\nmsgstr \"b\"", "xx.po:3: An entry with a plural"},
        {"msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[1] \"b\"", "xx.po:3: msgstr[0] is expected"},
        {"msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0] \"b\"\nmsgstr[0] \"c\"",
         "xx.po:4: msgstr[1] is expected"},
        {"msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"", "xx.po:3: The entry has two"},
        {"msgid_plural \"as\"", "xx.po:1: msgid_plural stands without"},
        {"msgctxt \"a\"\nmsgstr \"b\"", "xx.po:2: msgstr stands without"},
        {"msgid \"a\"\nmsgstr \"\xff\"", "xx.po:2: The line is not UTF-8"},
    };
    for (const auto& each : cases) {
        INFO(each.text);
        const auto entries = read_po(each.text, "xx.po");
        REQUIRE_FALSE(entries.ok());
        CHECK(entries.error().fault == Fault::bad_input);
        CHECK(entries.error().what.find(each.where) != std::string::npos);
    }
}
