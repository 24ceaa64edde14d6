// Whatever bytes come in, well-formed text comes out, and the way back is known.
#include <catch2/catch.hpp>

#include <random>
#include <string>

#include "client/draw/shown_text.h"
#include "forms/base/encoding.h"

using namespace doorstep;

TEST_CASE("text that is well formed is shown as it is", "[draw]") {
    const std::string text = "Łukasz عربي 中文 ਪੰ 👨‍👩‍👧\nsecond";
    const ShownText shown(text, true, 1000);
    CHECK(shown.text() == text);
    for (std::size_t i = 0; i <= text.size(); ++i) {
        CHECK(shown.shown(i) == i);
        CHECK(shown.original(i) == i);
    }
}

TEST_CASE("bytes that are no UTF-8 become the replacement character", "[draw]") {
    CHECK(ShownText("a\xFF\xFE"
                    "b",
                    true, 100)
              .text() == "a\uFFFD\uFFFDb");
    CHECK(ShownText("cut \xE4\xB8", true, 100).text() == "cut \uFFFD\uFFFD");
    CHECK(ShownText("\xC0\x80", true, 100).text() == "\uFFFD\uFFFD");            // overlong NUL
    CHECK(ShownText("\xED\xA0\x80", true, 100).text() == "\uFFFD\uFFFD\uFFFD");  // a surrogate
    CHECK(ShownText("\xF4\x90\x80\x80!", true, 100).text() == "\uFFFD\uFFFD\uFFFD\uFFFD!");
}

TEST_CASE("control characters show their pictures, and newlines stay", "[draw]") {
    CHECK(ShownText(std::string_view("a\0b\tc\x1B[0m\x7F\r\nz", 13), true, 100).text() == "a␀b␉c␛[0m␡␍\nz");
    CHECK(ShownText("\u0085\u009F", true, 100).text() == "\uFFFD\uFFFD");
    CHECK(ShownText("one\ntwo\u2029three", false, 100).text() == "one two three");
}

TEST_CASE("offsets lead there and back through replaced bytes", "[draw]") {
    const std::string text("a\x01\xFF"
                           "é\n",
                           6);
    const ShownText shown(text, true, 100);
    REQUIRE(shown.text() == "a␁\uFFFDé\n");
    CHECK(shown.shown(0) == 0);
    CHECK(shown.shown(1) == 1);
    CHECK(shown.shown(2) == 4);
    CHECK(shown.shown(3) == 7);
    CHECK(shown.shown(4) == 7);  // inside é
    CHECK(shown.shown(5) == 9);
    CHECK(shown.shown(99) == shown.text().size());
    for (const std::size_t at : {0u, 1u, 2u, 3u, 5u, 6u})
        CHECK(shown.original(shown.shown(at)) == at);
}

TEST_CASE("a text that is too long ends in an ellipsis", "[draw]") {
    const ShownText shown("中文中文", true, 3);
    CHECK(shown.text() == "中文中…");
    CHECK(shown.shown(9) == 9);
    CHECK(shown.original(9) == 9);
    CHECK(shown.original(12) == 12);
    CHECK(ShownText("中文中", true, 3).text() == "中文中");
}

TEST_CASE("ten thousand random strings are shown as UTF-8", "[draw]") {
    std::mt19937 chance(20131121);
    for (int round = 0; round < 10'000; ++round) {
        std::string text;
        for (auto left = chance() % 24; left > 0; --left)
            text.push_back(static_cast<char>(chance() % 2 ? chance() % 256 : 0xC0 + chance() % 64));
        const ShownText shown(text, true, 20);
        REQUIRE(is_utf8(shown.text()));
        for (std::size_t i = 0; i <= text.size(); ++i) {
            const std::size_t there = shown.shown(i);
            REQUIRE(there <= shown.text().size());
            REQUIRE(shown.original(there) <= i);
        }
    }
}
