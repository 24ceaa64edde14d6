// The caret steps over what a reader sees as one character, never into it.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "client/draw/atlas.h"
#include "client/draw/paragraphs.h"

using namespace doorstep;

namespace {

std::vector<std::string> forwards(const std::string& text) {
    std::vector<std::string> steps;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t next = Paragraphs::next_grapheme(text, at);
        REQUIRE(next > at);
        REQUIRE(next <= text.size());
        steps.push_back(text.substr(at, next - at));
        at = next;
    }
    return steps;
}

std::vector<std::string> backwards(const std::string& text) {
    std::vector<std::string> steps;
    for (std::size_t at = text.size(); at > 0;) {
        const std::size_t before = Paragraphs::previous_grapheme(text, at);
        REQUIRE(before < at);
        steps.insert(steps.begin(), text.substr(before, at - before));
        at = before;
    }
    return steps;
}

void check_steps(const std::vector<std::string>& characters) {
    std::string text;
    for (const std::string& character : characters)
        text += character;
    CHECK(forwards(text) == characters);
    CHECK(backwards(text) == characters);
}

}  // namespace

TEST_CASE("the caret steps by grapheme", "[draw]") {
    check_steps({"a", "b", "c"});
    check_steps({"ł", "ó", "ż"});
    check_steps({"e\u0301", "o\u0308\u0323", "x"});
    check_steps({"م", "ر", "ح", "بً", "ا"});  // a vowel sign with its letter
    check_steps({"ਪੰ", "ਜਾ", "ਬੀ"});          // Punjabi
    check_steps({"中", "文"});
    check_steps({"👨\u200D👩\u200D👧", "x", "👍🏽", "🇬🇧", "🇵🇱"});  // joined, toned, flags
    check_steps({"a", "\n", "\n", "b"});
    check_steps({"\n"});
}

TEST_CASE("the caret steps over broken bytes and control characters one by one", "[draw]") {
    check_steps({"a", "\xFF", "\xFE", "b"});
    check_steps({"\xE4", "\xB8", "x"});
    check_steps({"a", "\t", "\r", "\n", "b"});
    check_steps({"a", std::string(1, '\0'), "b"});
}

TEST_CASE("a caret at the ends stays there, and one inside a character finds its way out", "[draw]") {
    CHECK(Paragraphs::next_grapheme("", 0) == 0);
    CHECK(Paragraphs::previous_grapheme("", 0) == 0);
    CHECK(Paragraphs::next_grapheme("abc", 3) == 3);
    CHECK(Paragraphs::next_grapheme("abc", 99) == 3);
    CHECK(Paragraphs::previous_grapheme("abc", 99) == 2);
    CHECK(Paragraphs::next_grapheme("中文", 1) == 3);
    CHECK(Paragraphs::previous_grapheme("中文", 4) == 3);
    CHECK(Paragraphs::previous_grapheme("ab\ncd", 4) == 3);
    CHECK(Paragraphs::previous_grapheme("ab\ncd", 3) == 2);
}

TEST_CASE("where the caret stands and where a finger falls agree", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    const float width = GENERATE(0.0f, 160.0f);
    const std::string text = GENERATE(as<std::string>(), "Mill Lane 18", "Mów po polsku, proszę: żółć",
                                      "每层楼是否都有烟雾报警器", "ਪੰਜਾਬੀ ਵਿੱਚ ਦੱਸੋ", "two\nlines\n\nfour");
    const TextStyle style{.em_px = 26, .width_px = width};
    float last_x = -1, last_y = -1;
    for (std::size_t at = 0;; at = Paragraphs::next_grapheme(text, at)) {
        const CaretAt caret = paragraphs.caret(text, style, at);
        INFO(text << " at " << at);
        CHECK(caret.height_px >= 20);
        CHECK((caret.y_px > last_y || caret.x_px > last_x));  // rightwards, or a line down
        last_x = caret.x_px;
        last_y = caret.y_px;
        // A little to the right of the caret, in the middle of its line, is its own character.
        if (at < text.size() && text[at] != '\n')
            CHECK(paragraphs.byte_at(text, style, caret.x_px + 2, caret.y_px + caret.height_px / 2) == at);
        if (at >= text.size())
            break;
    }
}

TEST_CASE("in Arabic the caret walks from right to left", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    const std::string text = "نعم، من فضلكم";
    const TextStyle style{.em_px = 26, .width_px = 400};
    float last = 401;
    for (std::size_t at = 0; at < text.size(); at = Paragraphs::next_grapheme(text, at)) {
        const CaretAt caret = paragraphs.caret(text, style, at);
        CHECK(caret.x_px < last);
        last = caret.x_px;
    }
    CHECK(paragraphs.caret(text, style, 0).x_px == 400);
    CHECK(paragraphs.byte_at(text, style, 399, 20) == 0);
    CHECK(paragraphs.byte_at(text, style, 0, 20) == text.size());
}

TEST_CASE("a finger anywhere gives a place in the text", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    for (const std::string text : {"", "a", "ab\n", "\xFFgood\x01", "👨\u200D👩\u200D👧"}) {
        const TextStyle style{.em_px = 26, .width_px = 200};
        for (const float x : {-1e9f, -5.0f, 0.0f, 30.0f, 1e9f})
            for (const float y : {-1e9f, 0.0f, 20.0f, 60.0f, 1e9f})
                CHECK(paragraphs.byte_at(text, style, x, y) <= text.size());
        CHECK(paragraphs.byte_at(text, style, 1e6f, 1e6f) == text.size());
        CHECK(paragraphs.caret(text, style, 9999).height_px > 0);
    }
}
