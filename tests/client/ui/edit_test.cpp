#include <catch2/catch.hpp>

#include "client/ui/edit.h"

using namespace doorstep;

namespace {

struct Typing {
    std::string text;
    std::size_t caret = 0;
    bool one_line = true;

    Edited key(Key key) { return edit(text, caret, {.key = key}, one_line); }
    Edited type(std::string piece) { return edit(text, caret, {.text = std::move(piece)}, one_line); }
};

}  // namespace

TEST_CASE("what is typed goes in at the caret, which stands after it", "[edit]") {
    Typing at{"Mll Lane", 1};
    CHECK(at.type("i") == Edited::changed);
    CHECK(at.text == "Mill Lane");
    CHECK(at.caret == 2);
    CHECK(at.key(Key::end) == Edited::moved);
    CHECK(at.type("ął") == Edited::changed);
    CHECK(at.text == "Mill Laneął");
    CHECK(at.caret == at.text.size());
    CHECK(at.type("") == Edited::nothing);
}

TEST_CASE("backspace takes back one letter as people see it, never half of one", "[edit]") {
    const std::string family = "\U0001F469\u200D\U0001F467";  // one picture of three code points
    const std::string accent = "e\u0301";
    Typing at{"a" + accent + family + "ł", 0};
    at.caret = at.text.size();
    CHECK(at.key(Key::backspace) == Edited::changed);
    CHECK(at.text == "a" + accent + family);
    at.key(Key::backspace);
    CHECK(at.text == "a" + accent);
    at.key(Key::backspace);
    CHECK(at.text == "a");
    at.key(Key::backspace);
    CHECK(at.text.empty());
    CHECK(at.key(Key::backspace) == Edited::nothing);
    CHECK(at.caret == 0);
}

TEST_CASE("the caret walks by letters and stops at both ends", "[edit]") {
    Typing at{"żó\U0001F600", 0};
    CHECK(at.key(Key::left) == Edited::nothing);
    CHECK(at.key(Key::right) == Edited::moved);
    CHECK(at.caret == 2);
    at.key(Key::right);
    at.key(Key::right);
    CHECK(at.caret == at.text.size());
    CHECK(at.key(Key::right) == Edited::nothing);
    at.key(Key::left);
    CHECK(at.caret == 4);
    CHECK(at.key(Key::del) == Edited::changed);
    CHECK(at.text == "żó");
    CHECK(at.key(Key::del) == Edited::nothing);
}

TEST_CASE("a caret inside a code point steps back before anything is typed", "[edit]") {
    Typing at{"łł", 1};
    at.type("x");
    CHECK(at.text == "xłł");
    CHECK(caret_within("łł", 3) == 2);
    CHECK(caret_within("łł", 99) == 4);
}

TEST_CASE("Enter makes a line where there are lines, and says so where there is one", "[edit]") {
    Typing one{"14", 2, true};
    CHECK(one.key(Key::enter) == Edited::entered);
    CHECK(one.text == "14");
    Typing more{"14", 1, false};
    CHECK(more.key(Key::enter) == Edited::changed);
    CHECK(more.text == "1\n4");
    CHECK(more.key(Key::end) == Edited::moved);
    CHECK(more.caret == 3);
    more.key(Key::home);
    CHECK(more.caret == 2);
    CHECK(more.key(Key::home) == Edited::nothing);
    CHECK(more.key(Key::escape) == Edited::dismissed);
    CHECK(more.key(Key::tab) == Edited::nothing);
    CHECK(more.text == "1\n4");
}

TEST_CASE("control characters and broken bytes stay byte for byte under typing", "[edit]") {
    const std::string odd = std::string("a\0b\x01\xFF\xC5", 6);
    Typing at{odd, 6};
    at.type("z");
    CHECK(at.text == odd + "z");
    at.key(Key::backspace);
    CHECK(at.text == odd);
    for (int i = 0; i < 6; ++i)
        at.key(Key::backspace);
    CHECK(at.text.empty());
}

TEST_CASE("ten thousand letters are typed and taken back", "[edit]") {
    Typing at{std::string(10'000, 'x'), 5'000, false};
    at.type("ł");
    CHECK(at.text.size() == 10'002);
    CHECK(at.caret == 5'002);
    at.key(Key::backspace);
    CHECK(at.text == std::string(10'000, 'x'));
}

TEST_CASE("line breaks of a one-line text are shown as pilcrows, and the caret finds its way back",
          "[edit]") {
    const OnOneLine line("ab\ncd\r\ne\u2028");
    CHECK(line.text() == "ab¶cd¶e¶");
    const std::string real = "ab\ncd\r\ne\u2028";
    for (const std::size_t byte : {0u, 1u, 2u, 3u, 4u, 5u, 7u, 8u, 11u})
        CHECK(line.to_real(line.from_real(byte)) == byte);
    CHECK(line.from_real(real.size()) == line.text().size());
    CHECK(line.from_real(6) == line.from_real(5));  // not between CR and LF
    CHECK(OnOneLine("plain").from_real(3) == 3);
}

TEST_CASE("steps keep to the bounds, typing does not", "[edit][number]") {
    CHECK(stepped("3", 1, 0, 20) == "4");
    CHECK(stepped("3", -1, 0, 20) == "2");
    CHECK_FALSE(stepped("20", 1, 0, 20));
    CHECK_FALSE(stepped("0", -1, 0, 20));
    CHECK(stepped("0", -1, {}, {}) == "-1");
    // What was typed beyond a bound leads back to it, never further away.
    CHECK(stepped("100", -1, 0, 20) == "20");
    CHECK_FALSE(stepped("100", 1, 0, 20));
    CHECK(stepped("-5", 1, 0, 20) == "0");
    CHECK_FALSE(stepped("-5", -1, 0, 20));
}

TEST_CASE("the first press on an empty number is what one expects", "[edit][number]") {
    CHECK(stepped("", 1, {}, {}) == "1");
    CHECK(stepped("", 1, 0, 20) == "1");
    CHECK(stepped("", 1, 5, 20) == "5");
    CHECK(stepped("", 1, 0, 0) == "0");
    CHECK(stepped("", -1, 0, 20) == "0");
    CHECK(stepped("", -1, {}, {}) == "0");
    CHECK_FALSE(stepped("", -1, 1, 20));
}

TEST_CASE("what is no number is not thrown away by a press", "[edit][number]") {
    for (const char* text :
         {"abc", "-", "1,2,3", "1 000", "9223372036854775807", "99999999999999999999", "0x1"})
        CHECK_FALSE(stepped(text, 1, {}, {}));
    CHECK_FALSE(stepped("-9223372036854775808", -1, {}, {}));
}

TEST_CASE("decimals keep their fraction to the digit", "[edit][number]") {
    CHECK(stepped("1.5", 1, {}, {}) == "2.5");
    CHECK(stepped("2.3", -1, {}, {}) == "1.3");
    CHECK(stepped("1,50", 1, {}, {}) == "2,50");
    CHECK(stepped("19.5", 1, 0, 20) == "20");
    CHECK(stepped("20.5", -1, 0, 20) == "19.5");
    CHECK_FALSE(stepped("20.5", 1, 0, 20));
    CHECK(stepped("-1.5", -1, {}, {}) == "-2.5");
}

TEST_CASE("only days of the calendar become dates", "[edit][date]") {
    CHECK(iso_date({"21", "11", "2026"}) == "2026-11-21");
    CHECK(iso_date({"1", "2", "2026"}) == "2026-02-01");
    CHECK(iso_date({"29", "2", "2024"}) == "2024-02-29");
    CHECK(iso_date({"29", "2", "1900"}).empty());
    CHECK(iso_date({"29", "2", "2000"}) == "2000-02-29");
    CHECK(iso_date({"31", "4", "2026"}).empty());
    CHECK(iso_date({"0", "4", "2026"}).empty());
    CHECK(iso_date({"1", "13", "2026"}).empty());
    CHECK(iso_date({"1", "1", "26"}).empty());
    CHECK(iso_date({"1", "1", ""}).empty());
    CHECK(iso_date({"-1", "1", "2026"}).empty());
    CHECK(iso_date({"1 ", "1", "2026"}).empty());
    CHECK(iso_date({"001", "1", "2026"}).empty());
}

TEST_CASE("a date comes apart as it was put together", "[edit][date]") {
    const DateParts parts = date_parts("2026-02-01");
    CHECK(parts.day == "01");
    CHECK(parts.month == "02");
    CHECK(parts.year == "2026");
    for (const char* text : {"", "2026-02-30", "2026-2-1", "01.02.2026", "2026-02-01T10:00", "2026/02/01"})
        CHECK(date_parts(text).year.empty());
}

TEST_CASE("what a field said does not come back as news, whatever the views skip", "[edit][told]") {
    Told told;
    CHECK(told.news("1"));
    CHECK_FALSE(told.news("1"));
    told.say("2");
    told.say("3");
    CHECK_FALSE(told.news("1"));  // an older view
    CHECK_FALSE(told.caught_up());
    CHECK_FALSE(told.news("2"));
    CHECK_FALSE(told.caught_up());
    CHECK_FALSE(told.news("3"));
    CHECK(told.caught_up());
    CHECK(told.news("7"));  // somebody else
    told.say("8");
    told.say("9");
    CHECK_FALSE(told.news("9"));  // 8 was never shown
    CHECK(told.caught_up());
    told.say("");
    told.say("9");
    CHECK_FALSE(told.news("9"));  // there and back before any view
    CHECK(told.caught_up());
}
