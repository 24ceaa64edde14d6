// The shipped catalogues: whatever a resident may see is in each of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "client/wording/po_file.h"
#include "client/wording/wording.h"
#include "tests/client/wording/said.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

const std::string folder = "assets/wording";
const std::vector<std::string> languages = {"ar", "pa", "pl", "zh-Hans"};

// The pages that are turned to a resident or filled in and read back with one.
const std::vector<std::string> resident_facing = {
    "client/screens/resident.cpp",       "client/screens/question_page.cpp", "client/screens/answers.cpp",
    "client/screens/notice.cpp",         "client/screens/summary.cpp",       "client/screens/offers.cpp",
    "client/screens/referral_cards.cpp", "client/app/page_view.cpp",         "client/app/resident_view.cpp",
    "client/app/closing_view.cpp",       "client/app/sitting_words.cpp",     "client/app/answering.cpp",
    "client/app/deciding.cpp",           "client/app/walking.cpp",           "client/app/taking_back.cpp",
};

// What is said from a table, by the file where it stands.
const std::map<std::string, std::vector<std::string>> from_tables = {
    {"client/ui/date_field.cpp", {"Day", "Month", "Year", "Today"}},
    {"client/ui/number_field.cpp", {"Fewer", "More"}},
    {"client/ui/keyboard_layout.cpp",
     {"Space", "Backspace", "Shift", "Done", "Enter", "Letters", "Numbers and signs", "Accents",
      "More accents"}},
    {"client/app/deciding.cpp",
     {"Agreed: %s.", "The resident said no to %s.", "Referral to %s dropped.", "To be decided again: %s."}},
    {"client/app/closing_view.cpp",
     {"Goes without agreement, reason recorded, %s", "The resident agreed through an interpreter, %s",
      "A carer with authority agreed, %s", "The resident agreed, %s"}},
};

std::vector<PoEntry> entries_of(const std::string& language) {
    const std::string file = folder + "/" + language + ".po";
    auto entries = read_po(source_of(file), file);
    if (!entries.ok())
        FAIL(entries.error().text());
    return std::move(entries).value();
}

// "%1", "%s" and the like, as often as they stand.
std::multiset<std::string> gaps_of(const std::string& text) {
    std::multiset<std::string> gaps;
    for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 1))
        gaps.insert(text.substr(at, 2));
    return gaps;
}

void check_words(const Wordings& all, const std::string& english, const std::string& where) {
    for (const std::string& language : languages) {
        INFO(where << ": \"" << english << "\" has no translation in " << folder << "/" << language
                   << ".po: add it there.");
        CHECK(all.of(language).knows(english));
    }
}

}  // namespace

TEST_CASE("what the pages of a resident say is in every catalogue", "[wording][catalogues]") {
    const auto all = Wordings::read_all(folder);
    REQUIRE(all.ok());
    std::vector<std::string> files = resident_facing;
    for (const std::string& file : files_below("client/ui", ".cpp"))
        // Faults that tests read, and the chart of the team's review.
        if (file != "client/ui/checks.cpp" && file != "client/ui/chart.cpp")
            files.push_back(file);
    std::size_t found = 0;
    for (const std::string& file : files) {
        const std::string source = source_of(file);
        INFO(file);
        REQUIRE_FALSE(source.empty());
        for (const Said& said : said_in(source)) {
            ++found;
            const std::string where = file + ":" + std::to_string(said.line);
            // Of say_n the second text has no entry of its own.
            for (std::size_t i = 0; i < (said.plural ? 1 : said.texts.size()); ++i)
                check_words(*all, said.texts[i], where);
        }
    }
    CHECK(found > 60);
}

TEST_CASE("what is said from a table is in every catalogue", "[wording][catalogues]") {
    const auto all = Wordings::read_all(folder);
    REQUIRE(all.ok());
    for (const auto& [file, words] : from_tables) {
        const auto quoted = quoted_in(source_of(file));
        for (const std::string& english : words) {
            INFO(file << " does not say \"" << english << "\" any more");
            CHECK(std::find(quoted.begin(), quoted.end(), english) != quoted.end());
            check_words(*all, english, file);
        }
    }
}

TEST_CASE("no translation has outlived its English", "[wording][catalogues]") {
    std::set<std::string> quoted;
    for (const std::string& file : files_below("client", ".cpp"))
        for (std::string& text : quoted_in(source_of(file)))
            quoted.insert(std::move(text));
    for (const std::string& language : languages)
        for (const PoEntry& entry : entries_of(language)) {
            INFO(language << ".po:" << entry.line << ": nothing says \"" << entry.id << "\"");
            CHECK((entry.id.empty() || quoted.contains(entry.id)));
        }
}

TEST_CASE("the catalogues hold the same texts, each with the gaps of the English", "[wording][catalogues]") {
    std::set<std::string> first;
    for (const std::string& language : languages) {
        std::set<std::string> ids;
        for (const PoEntry& entry : entries_of(language)) {
            if (entry.id.empty())
                continue;
            ids.insert(entry.id);
            for (const std::string& text : entry.texts) {
                INFO(language << ".po:" << entry.line);
                CHECK_FALSE(text.empty());
                const auto gaps = gaps_of(text);
                // One and two may be words.
                CHECK((gaps == gaps_of(entry.id) || (entry.plural && gaps.empty())));
            }
        }
        CHECK((first.empty() || ids == first));
        first = ids;
    }
}

TEST_CASE("what was drafted by machine says so", "[wording][catalogues]") {
    const auto all = Wordings::read_all();
    REQUIRE(all.ok());
    CHECK(all->languages() == std::vector<std::string>{"ar", "en", "pa", "pl", "zh-Hans"});
    for (const std::string& language : languages) {
        CHECK(all->of(language).status() == "draft, awaiting a native reader");
        CHECK(all->of(language).right_to_left() == (language == "ar"));
    }
    CHECK(all->of("Polish (pl)").say("Continue") == "Dalej");
    const auto answers = [&](const char* language, long n) {
        return all->of(language).say_n("%d answer needs another look", "%d answers need another look", n);
    };
    CHECK(answers("pl", 22) == "22 odpowiedzi trzeba jeszcze sprawdzić");
    CHECK(answers("pl", 1) == "1 odpowiedź trzeba jeszcze sprawdzić");
    CHECK(answers("ar", 2) == "إجابتان تحتاجان إلى مراجعة");
    CHECK(answers("ar", 11) == "11 إجابة تحتاج إلى مراجعة");
    CHECK(answers("zh-Hans", 3) == "3 个回答需要再看一下");
}

TEST_CASE("the scanner of these tests finds what is said", "[wording][catalogues]") {
    const auto said =
        said_in("// say(\"not this\")\n"
                "x.say(\"one \" \n \"text\"); essay(\"no\"); say_n(\"%d a\", \"%d \\\"b\\\"\", n);\n"
                "say(given ? \"yes\" : f(\"no\")); say(word);\n");
    REQUIRE(said.size() == 3);
    CHECK(said[0].texts == std::vector<std::string>{"one text"});
    CHECK(said[0].line == 2);
    CHECK(said[1].texts == std::vector<std::string>{"%d a", "%d \"b\""});
    CHECK(said[2].texts == std::vector<std::string>{"yes", "no"});
    CHECK(quoted_in("a(\"b\" \"c\", \"d\") // \"e\"") == std::vector<std::string>{"bc", "d"});
}
