#include "client/wording/wording.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

std::string header(const std::string& language, const std::string& plurals = "nplurals=2; plural=(n != 1);",
                   const std::string& more = {}) {
    return "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Language: " +
           language + "\\n\"\n\"Plural-Forms: " + plurals + "\\n\"\n" + more + "\n";
}

const std::string polish_plurals =
    "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);";

Wording wording(const std::string& text) {
    auto read = Wording::parse(text, "xx.po");
    if (!read.ok())
        FAIL(read.error().text());
    return std::move(read).value();
}

void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("English is the source", "[wording]") {
    const Wording english;
    CHECK(english.language() == "en");
    CHECK(english.status().empty());
    CHECK_FALSE(english.right_to_left());
    CHECK(english.say("Continue") == "Continue");
    CHECK(english.say("") == "");
    CHECK(english.say_n("%d door left", "%d doors left", 1) == "1 door left");
    CHECK(english.say_n("%d door left", "%d doors left", 0) == "0 doors left");
    CHECK(english.say_n("one of %d", "%d of %d", 12) == "12 of 12");
    CHECK(english.say_n("%d door", "%d doors", -1) == "-1 door");
    CHECK(english.say_in("button", "Back") == "Back");
}

TEST_CASE("a text without a translation is shown in English", "[wording]") {
    const auto pl = wording(header("pl", polish_plurals) + "msgid \"Continue\"\nmsgstr \"Dalej\"\n\n"
                                                           "msgid \"Find\"\nmsgstr \"\"\n\n"
                                                           "msgid \"%d home\"\nmsgid_plural \"%d homes\"\n"
                                                           "msgstr[0] \"%d dom\"\nmsgstr[1] \"\"\nmsgstr[2] "
                                                           "\"\"\n");
    CHECK(pl.say("Continue") == "Dalej");
    CHECK(pl.knows("Continue"));
    CHECK(pl.say("Find") == "Find");
    CHECK_FALSE(pl.knows("Find"));
    CHECK(pl.say("Never heard") == "Never heard");
    CHECK(pl.say_n("%d home", "%d homes", 3) == "3 homes");
    CHECK(pl.say_n("%d key", "%d keys", 1) == "1 key");
}

TEST_CASE("numbers take the plural form of the language", "[wording]") {
    const auto pl = wording(header("pl", polish_plurals) +
                            "msgid \"%d answer\"\nmsgid_plural \"%d answers\"\n"
                            "msgstr[0] \"%d odpowiedź\"\nmsgstr[1] \"%d odpowiedzi\"\nmsgstr[2] \"%d "
                            "odpowiedzi (wiele)\"\n");
    CHECK(pl.say_n("%d answer", "%d answers", 1) == "1 odpowiedź");
    CHECK(pl.say_n("%d answer", "%d answers", 22) == "22 odpowiedzi");
    CHECK(pl.say_n("%d answer", "%d answers", 112) == "112 odpowiedzi (wiele)");
}

TEST_CASE("a word with a context of its own", "[wording]") {
    const auto pl = wording(header("pl") + "msgctxt \"door\"\nmsgid \"Back\"\nmsgstr \"Z tyłu\"\n\n"
                                           "msgid \"Back\"\nmsgstr \"Wstecz\"\n\n#, fuzzy\n"
                                           "msgid \"Next\"\nmsgstr \"Następny\"\n");
    CHECK(pl.say("Back") == "Wstecz");
    CHECK(pl.say_in("door", "Back") == "Z tyłu");
    CHECK(pl.say_in("elsewhere", "Back") == "Wstecz");
    CHECK(pl.say("Next") == "Następny");
}

TEST_CASE("the header says the language, its direction and its status", "[wording]") {
    const auto ar = wording(
        header("ar", "nplurals=1; plural=0;", "\"X-Doorstep-Status: draft, awaiting a native reader\\n\"\n"));
    CHECK(ar.right_to_left());
    CHECK(ar.status() == "draft, awaiting a native reader");
    CHECK(wording(header("zh_Hans")).language() == "zh-Hans");
    CHECK_FALSE(wording(header("arn")).right_to_left());
}

TEST_CASE("a catalogue without a header, or with a broken one, is refused by file and line",
          "[wording][hostile]") {
    const struct {
        std::string text, where;
    } cases[] = {
        {"", "xx.po:1: The catalogue does not begin with its header"},
        {"msgid \"a\"\nmsgstr \"b\"\n", "xx.po:1: The catalogue does not begin"},
        {"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n",
         "xx.po:1: The header does not "
         "name its Language"},
        {"msgid \"\"\nmsgstr \"Language: pl\\n\"\n", "charset=UTF-8"},
        {header("pl", "nplurals=2; plural=n +;"), "xx.po:1: Plural-Forms cannot be read"},
        {header("pl") + "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n", "xx.po:10: This text "
                                                                                    "stands in line 7"},
        {header("pl") + "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0] \"b\"\n", "xx.po:7: The language has 2"},
    };
    for (const auto& each : cases) {
        INFO(each.text);
        const auto read = Wording::parse(each.text, "xx.po");
        REQUIRE_FALSE(read.ok());
        INFO(read.error().what);
        CHECK(read.error().what.find(each.where) != std::string::npos);
    }
}

TEST_CASE("all catalogues of a folder, found by a form's own name of its language", "[wording]") {
    TemporaryFolder folder;
    write(folder.file("pl.po"), header("pl") + "msgid \"Yes\"\nmsgstr \"Tak\"\n");
    write(folder.file("zh-Hans.po"), header("zh_Hans") + "msgid \"Yes\"\nmsgstr \"是\"\n");
    write(folder.file("notes.txt"), "no catalogue");
    const auto all = Wordings::read_all(folder.path());
    REQUIRE(all.ok());
    CHECK(all->languages() == std::vector<std::string>{"en", "pl", "zh-Hans"});
    for (const char* polish : {"pl", "Polski (pl)", "Polish (pl)", "pl-PL", "PL", "pl_PL", "Polish (pl-PL)"})
        CHECK(all->of(polish).say("Yes") == "Tak");
    for (const char* chinese :
         {"zh-Hans", "Chinese Simplified (zh-Hans)", "zh", "zh-CN", "zh-Hans-CN", "zh_hans"})
        CHECK(all->of(chinese).say("Yes") == "是");
    for (const char* other : {"", "en", "English (en)", "cy", "zh-Hant", "zh-Hant-TW", "zh-TW", "Polish",
                              "default", "()", ")(", "-", "pl)"})
        CHECK(all->of(other).say("Yes") == "Yes");
}

TEST_CASE("a broken catalogue, two of one language, or no folder, is told", "[wording][hostile]") {
    TemporaryFolder folder;
    write(folder.file("pl.po"), header("pl"));
    write(folder.file("pl-2.po"), header("pl"));
    CHECK(Wordings::read_all(folder.path()).error().what.find("another catalogue") != std::string::npos);
    write(folder.file("pl-2.po"), "msgid broken");
    CHECK(Wordings::read_all(folder.path()).error().what.find("pl-2.po:1:") != std::string::npos);
    const auto missing = Wordings::read_all(folder.file("nowhere"));
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().fault == Fault::not_found);
    CHECK_FALSE(missing.error().mend.empty());
    CHECK(Wording::read(folder.file("nowhere.po")).error().fault == Fault::not_found);
    CHECK_FALSE(Wording::read(folder.path()).ok());
}

TEST_CASE("the folder of assets can be named", "[wording]") {
    TemporaryFolder folder;
    std::filesystem::create_directory(folder.file("wording"));
    write(folder.file("wording/pl.po"), header("pl"));
    REQUIRE(setenv("DOORSTEP_ASSETS", folder.path().c_str(), 1) == 0);
    const auto all = Wordings::read_all();
    REQUIRE(unsetenv("DOORSTEP_ASSETS") == 0);
    REQUIRE(all.ok());
    CHECK(all->languages() == std::vector<std::string>{"en", "pl"});
    CHECK(Wordings::read_all()->languages().size() == 5);
}
