// Cut by a search for quotes; here against the letters one after the other.
#include "sync/wire/json_parts.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

namespace doorstep::wire {

namespace {

// Where the text ends that begins behind an opening quote at 0; npos: nowhere.
std::size_t end_letter_by_letter(std::string_view text) {
    bool escaped = false;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (!escaped && text[at] == '"')
            return at;
        escaped = !escaped && text[at] == '\\';
    }
    return std::string_view::npos;
}

std::string of_quotes_and_backslashes(std::mt19937_64& dice) {
    constexpr std::string_view letters = "\"\\\\\\a";
    std::string text = "\"";
    for (auto left = dice() % 12; left > 0; --left)
        text += letters[dice() % letters.size()];
    return text;
}

}  // namespace

TEST_CASE("a text ends at the quote that no backslash stands for", "[json-parts]") {
    std::mt19937_64 dice(20'261'122);
    for (int n = 0; n < 20'000; ++n) {
        const auto text = of_quotes_and_backslashes(dice);
        const auto end = end_letter_by_letter(text);
        const auto array = "[" + text + "]";
        const auto parts = elements_of(array, 4);
        INFO(text);
        if (end == text.size() - 1) {
            REQUIRE(parts);
            REQUIRE(parts->size() == 1);
            CHECK(parts->front() == text);
        } else {
            CHECK_FALSE(parts);
        }
    }
}

TEST_CASE("names keep their escapes, and values their bytes", "[json-parts]") {
    const auto members = members_of(R"( { "a\"b" : [1, {"c": "\\"}] , "d\\":"" } )", 8);
    REQUIRE(members);
    REQUIRE(members->size() == 2);
    CHECK(members->front().name == R"(a\"b)");
    CHECK(members->front().value == R"([1, {"c": "\\"}])");
    CHECK(members->back().name == R"(d\\)");
    CHECK(members->back().value == R"("")");
    CHECK_FALSE(members_of(R"({"a":"\"})", 8));
    CHECK_FALSE(members_of(R"({"a":")", 8));
}

TEST_CASE("nesting is held to its depth", "[json-parts]") {
    CHECK(is_nested_well(R"([[["]]]]"]]])", 3));
    CHECK_FALSE(is_nested_well("[[[[]]]]", 3));
    CHECK_FALSE(is_nested_well("[[[]]", 3));
    CHECK_FALSE(is_nested_well("[[}]", 3));
}

}  // namespace doorstep::wire
