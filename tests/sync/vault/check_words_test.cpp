#include "sync/vault/check_words.h"

#include <catch2/catch.hpp>

#include <set>

using namespace doorstep;

TEST_CASE("the check words are short, plain, and no two begin alike", "[check-words]") {
    std::set<std::string> beginnings;
    for (std::size_t i = 0; i < check_words_known; ++i) {
        const auto word = check_word(i);
        INFO(word);
        CHECK(word.size() >= 4);
        CHECK(word.size() <= 10);
        CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos);
        CHECK(beginnings.insert(std::string(word.substr(0, 4))).second);
    }
}

TEST_CASE("four words stand for one content under one purpose, on every machine", "[check-words]") {
    const auto words = check_words(authority_words, std::string(32, 'p'));
    REQUIRE(words.ok());
    CHECK(*words == "cement rainbow flamingo prairie");
    CHECK(*check_words(authority_words, std::string(32, 'p')) == *words);
    CHECK(*check_words(authority_words, std::string(32, 'q')) != *words);
    CHECK(*check_words(tablet_words, std::string(32, 'p')) != *words);
}

TEST_CASE("words are compared as people write them, and nothing matches nothing", "[check-words]") {
    CHECK(same_words("amber canoe ladder picnic", "amber canoe ladder picnic"));
    CHECK(same_words(" Amber, canoe\tLADDER - picnic.\n", "amber canoe ladder picnic"));
    CHECK_FALSE(same_words("amber canoe picnic ladder", "amber canoe ladder picnic"));
    CHECK_FALSE(same_words("ambercanoe ladder picnic", "amber canoe ladder picnic"));
    CHECK_FALSE(same_words("amber canoe ladder", "amber canoe ladder picnic"));
    CHECK_FALSE(same_words("", ""));
    CHECK_FALSE(same_words("", "amber canoe ladder picnic"));
}
