#include "client/casework/journal.h"

#include <catch2/catch.hpp>

using namespace doorstep;

TEST_CASE("a line of the journal comes back as it was written", "[casework][journal]") {
    JournalEntry entry;
    entry.path = "/data/people[2]/age";
    entry.now = Answer::given("\"Łucja\"\n\\ \x01");
    entry.before = Answer::given("what it was before");
    entry.at_ms = 1'370'700'000'123;
    entry.random_seed = UINT64_MAX;
    const std::string written = journal::encode({entry});
    CHECK(written.find("what it was before") == std::string::npos);
    const auto line = journal::decode(written);
    REQUIRE(line.ok());
    CHECK(line->part == journal::Part::act);
    const auto* back = std::get_if<JournalEntry>(&line->line);
    REQUIRE(back);
    CHECK(back->path == entry.path);
    CHECK(back->now == entry.now);
    CHECK(back->before == Answer{});
    CHECK(back->at_ms == entry.at_ms);
    CHECK(back->random_seed == entry.random_seed);
}

TEST_CASE("a line that is not one of ours is damaged, whatever it is", "[casework][journal]") {
    const auto text = GENERATE(
        "", "{", "[]", "null", "{}", R"({"did":"danced"})", R"({"did":"stood"})",
        R"({"did":"stood","path":3})", R"({"did":"sealed","bytes":"***"})",
        R"({"did":"offer","code":"a","status":"sold","quantity":1})",
        R"({"did":"answer","path":"/a","now":{"kind":"shouted","text":""},"before":{"kind":"blank","text":""},"text":"","at":1,"dice":1})",
        R"({"did":"answer","path":"/a","now":[],"before":{"kind":"blank","text":""},"text":"","at":1,"dice":1})",
        R"({"did":"undone","part":"half"})", R"({"did":"redone","around":[1]})",
        R"({"did":"undone","around":[-1,2]})",
        R"({"did":"decided","agency":"a","decision":"agreed","agreement":{},"because":[],"kept":false})");
    INFO(text);
    const auto line = journal::decode(text);
    REQUIRE_FALSE(line.ok());
    CHECK(line.error().fault == Fault::damaged);
    CHECK_FALSE(line.error().mend.empty());
    CHECK_FALSE(journal::decode_begun(text).ok());
}
