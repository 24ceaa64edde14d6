// A form tried at a terminal, with what is typed given in advance.
#include "forms/desk/conversation.h"

#include <catch2/catch.hpp>

#include <sstream>

#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

const std::string street =
    "| survey |\n"
    "| | type | name | label::English | label::Polski | hint::English | hint::Polski | required | relevant "
    "| constraint | constraint_message::English | constraint_message::Polski | appearance |\n"
    "| | begin group | home | The home | Dom | | | | | | | | field-list |\n"
    "| | select_one yn | smoker | Does anyone smoke? | Czy ktoś pali? | | | yes | | | | | |\n"
    "| | integer | alarms | How many alarms? | Ile czujników? | Count them all. | Wszystkie. | "
    "| ${smoker} = 'yes' | . >= 0 | Not below 0 | Nie mniej niż 0 | |\n"
    "| | end group | | | | | | | | | | | |\n"
    "| | begin repeat | people | Person | Osoba | | | | | | | | |\n"
    "| | text | name | Name? | Imię? | | | | | | | | |\n"
    "| | end repeat | | | | | | | | | | | |\n"
    "| | select_multiple pets | pets | Any pets? | Zwierzęta? | | | | | | | | |\n"
    "| choices |\n| | list_name | name | label::English | label::Polski |\n"
    "| | yn | yes | Yes | Tak |\n| | yn | no | No | Nie |\n"
    "| | pets | cat | Cat | Kot |\n| | pets | dog | Dog | Pies |\n"
    "| settings |\n| | form_title | form_id | version | default_language | privacy_version |\n"
    "| | Street | street | 3 | English | 1 |\n"
    "| referrals |\n| | agency | when | reason::English | reason::Polski | shares | urgency | service |\n"
    "| | fire | ${alarms} = 0 and ${smoker} = 'yes' | Someone smokes and no alarm works | Pali się | | soon "
    "| "
    "visit |\n"
    "| offers |\n| | offer | when | reason::English | reason::Polski | quantity |\n"
    "| | lamp | ${alarms} = 0 | No alarm | Brak | 2 |\n";

Directory directory() {
    Directory all;
    Agency fire{.code = "fire", .label = "Oakshire Fire"};
    fire.services = {{"visit", "Home safety visit", {}}};
    all.agencies = {fire};
    all.offers = {{"lamp", "Lamp", {}}};
    return all;
}

struct Talk {
    std::string said;
    Conversation::End end;

    explicit Talk(const std::string& typed, const std::string& form = street) {
        const TemporaryFolder folder;
        const Directory known = directory();
        const auto package = open_package(folder.write("street.md", form), &known);
        for (const Diagnostic& one : package.found)
            UNSCOPED_INFO(one.text());
        REQUIRE(package.form);
        const ManualClock clock(1'370'696'700'000, 60);
        SeededRandom random(7);
        auto session = FormSession::begin(package.form, {}, clock, random);
        REQUIRE(session.ok());
        std::istringstream in(typed);
        std::ostringstream out;
        end = Conversation(*session, package, known, in, out, true).run();
        said = out.str();
    }
    bool holds(const std::string& text) const { return said.find(text) != std::string::npos; }
};

}  // namespace

TEST_CASE("a form is answered from the first question to the submission", "[desk][try]") {
    const Talk talk("1\n0\nAnn\n\n1 2\n:finish\n");
    INFO(talk.said);
    CHECK(talk.end == Conversation::End::finished);
    CHECK(talk.holds("Street, version 3"));
    CHECK(talk.holds("== The home =="));
    CHECK(talk.holds("Does anyone smoke?  (one number; needed)\n   1  Yes\n   2  No\n> 1"));
    CHECK(talk.holds("Count them all."));
    CHECK(talk.holds("== Person 1 =="));
    CHECK(talk.holds("<smoker>yes</smoker><alarms>0</alarms></home>"));
    CHECK(talk.holds("<people><name>Ann</name></people>"));
    CHECK(talk.holds("<pets>cat dog</pets>"));
}

TEST_CASE("a suggestion is shown as it comes, with its agency, reason and cause", "[desk][try]") {
    const Talk talk("1\n0\n:back\n:back\n2\n:quit\n");
    INFO(talk.said);
    CHECK(talk.holds(
        "+ refer to Oakshire Fire: Home safety visit, soon\n      Someone smokes and no alarm works\n"
        "      because of smoker: Yes; alarms: 0"));
    CHECK(talk.holds("+ offer 2 x Lamp"));
    CHECK(talk.end == Conversation::End::given_up);
}

TEST_CASE("what hides a cause withdraws the suggestion", "[desk][try]") {
    const Talk talk("1\n0\n:goto smoker\n2\n:suggestions\n:quit\n");
    INFO(talk.said);
    CHECK(talk.holds("- no longer suggested: fire"));
    CHECK(talk.holds("- no longer suggested: lamp"));
    CHECK(talk.holds("Nothing is suggested."));
}

TEST_CASE("what does not fit is kept, said, and holds the page", "[desk][try]") {
    const Talk talk("\n3\n1\n-4\n\n0\n:quit\n");
    INFO(talk.said);
    CHECK(talk.holds("! This is not answered."));
    CHECK(talk.holds("Type a number from 1 to 2"));
    CHECK(talk.holds("! Not below 0"));
    CHECK(talk.holds("so far: -4"));
}

TEST_CASE("don't know, prefer not to say and not asked are answers", "[desk][try]") {
    const Talk talk(":dk\n:pn\n\n:na\n:finish\n");
    INFO(talk.said);
    CHECK(talk.end == Conversation::End::finished);
    CHECK(talk.holds("<smoker d:missing=\"dont_know\"/>"));
}

TEST_CASE("the language changes in the middle", "[desk][try]") {
    const Talk talk(":language\n:language 2\n1\n:language English\n:quit\n");
    INFO(talk.said);
    CHECK(talk.holds("   1  English\n   2  Polski\n"));
    CHECK(talk.holds("Czy ktoś pali?"));
    CHECK(talk.holds("Ile czujników?"));
    CHECK(talk.holds("How many alarms?"));
}

TEST_CASE("repeats are added and removed", "[desk][try]") {
    const Talk talk("2\nAnn\ny\nBob\nyes\nEve\n:goto name\n:goto name\n:remove\n:goto pets\n:finish\n");
    INFO(talk.said);
    CHECK(talk.holds("One more \"Person\"? 1 so far."));
    CHECK(talk.holds("== Person 3 =="));
    CHECK(talk.end == Conversation::End::finished);
    CHECK(talk.holds("<people><name>Eve</name></people></data>") == false);
    CHECK(talk.holds("<people><name>Ann</name></people><people><name>Eve</name></people>"));
}

TEST_CASE("a finish that is blocked names each place and goes to the first", "[desk][try]") {
    const Talk talk(":finish\n1\n-2\n:blocked\n0\n:finish\n");
    INFO(talk.said);
    CHECK(talk.holds("One thing stands in the way of a finish:\n   smoker is not answered."));
    CHECK(talk.holds("   alarms does not fit. Not below 0"));
    CHECK(talk.end == Conversation::End::finished);
}

TEST_CASE("the input may end anywhere", "[desk][try]") {
    const std::string all = "1\n0\nAnn\ny\nBob\n\n1 2\n:finish\n";
    for (std::size_t length = 0; length < all.size(); ++length) {
        const std::string typed = all.substr(0, length);
        const Talk talk(typed);
        INFO(typed);
        const bool finish = typed.ends_with(":finish") || typed.ends_with(":f");  // the short word
        CHECK(talk.end == (finish ? Conversation::End::finished : Conversation::End::input_ended));
    }
}

TEST_CASE("whatever is typed, it is answered in words", "[desk][try]") {
    const Talk talk(
        ":\n:xyz\n:goto nowhere\n:goto smokr\n:remove\n:add\n:back\n99999999999999999999\n\xff\n" +
        std::string(3'000'000, 'x') + "\n1\n\x1b[2J\n::dk\n:clear\n:help\n:quit\n");
    CHECK(talk.holds("There is no command :xyz"));
    CHECK(talk.holds("Did you mean smoker?"));
    CHECK(talk.holds("There is no repeat here."));
    CHECK(talk.holds("This is the first question."));
    CHECK(talk.holds("The line was too long"));
    CHECK(talk.said.find('\x1b') == std::string::npos);
    CHECK(talk.end == Conversation::End::given_up);
}

TEST_CASE("a question that cannot be computed says its row, and the rest goes on", "[desk][try]") {
    const Talk talk("(\nAnn\n:finish\n:goto pattern\na\n\n\n:finish\n",
                    "| survey |\n| | type | name | label | constraint |\n| | text | pattern | Pattern? | |\n"
                    "| | text | name | Name? | regex(., ${pattern}) or true() |\n"
                    "| | text | last | Last? | |\n");
    INFO(talk.said);
    CHECK(talk.holds("name cannot compute (row 3)."));
    CHECK(talk.holds("Last?"));
    CHECK(talk.end == Conversation::End::finished);
    CHECK(talk.holds("<name>Ann</name>"));
}
