#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("numbers are written shortest, without exponent", "[xpath]") {
    CHECK(number_text(0) == "0");
    CHECK(number_text(-0.0) == "0");
    CHECK(number_text(1) == "1");
    CHECK(number_text(-1.5) == "-1.5");
    CHECK(number_text(0.1) == "0.1");
    CHECK(number_text(0.1 + 0.2) == "0.30000000000000004");
    CHECK(number_text(1e-7) == "0.0000001");
    CHECK(number_text(1e21) == "1000000000000000000000");
    CHECK(number_text(infinity) == "Infinity");
    CHECK(number_text(-infinity) == "-Infinity");
    CHECK(number_text(std::nan("")) == "NaN");
    for (const double number : {5e-324, 1.7976931348623157e308, 123456789.987654321, 2.0 / 3})
        CHECK(text_number(number_text(number)) == number);
}

TEST_CASE("only what XPath calls a number is read as one", "[xpath]") {
    CHECK(text_number("12") == 12);
    CHECK(text_number(" \t-12.50\r\n") == -12.5);
    CHECK(text_number(".5") == 0.5);
    CHECK(text_number("5.") == 5);
    CHECK(text_number("007") == 7);
    CHECK(std::signbit(text_number("-0")));
    CHECK(text_number(std::string(400, '9')) == infinity);
    CHECK(text_number("-" + std::string(400, '9')) == -infinity);
    CHECK(text_number("0." + std::string(400, '0') + "1") == 0);
    for (const auto* text : {"", " ", ".", "-", "- 5", "+5", "1e3", "0x10", "1,5", "5 5", "--5", "5-",
                             "1.2.3", "NaN", "Infinity", "inf", "nan", "five", "\u0665"}) {
        INFO(text);
        CHECK(std::isnan(text_number(text)));
    }
}

TEST_CASE("each kind of value becomes each other by one table", "[xpath]") {
    Asking ask({"data", "", {{"blank", ""}, {"five", "5"}, {"word", "abc"}, {"day", "1970-01-11"}}});
    struct Row {
        const char* expression;
        const char* text;
        double number;
        bool truth;
    };
    const double none = std::nan("");
    const Row rows[] = {
        {"5", "5", 5, true},
        {"0", "0", 0, false},
        {"-0", "0", 0, false},
        {"0 div 0", "NaN", none, false},
        {"1 div 0", "Infinity", infinity, true},
        {"''", "", none, false},
        {"'0'", "0", 0, true},
        {"'false'", "false", none, true},
        {"true()", "true", 1, true},
        {"false()", "false", 0, false},
        {"/data/blank", "", none, true},
        {"/data/five", "5", 5, true},
        {"/data/word", "abc", none, true},
        {"/data/absent", "", none, false},
        {"/data/day", "1970-01-11", 10, true},
        {"/data/*", "", none, true},
        {"date('1970-01-11')", "1970-01-11", 10, true},
        {"date('')", "", none, false},
        {"date('nonsense')", "Invalid Date", none, false},
    };
    for (const Row& row : rows) {
        INFO(row.expression);
        CHECK(ask.text(row.expression) == row.text);
        const double number = ask.number(row.expression);
        CHECK((number == row.number || (std::isnan(number) && std::isnan(row.number))));
        CHECK(ask.truth(row.expression) == row.truth);
    }
}

TEST_CASE("values are compared as their kinds ask for", "[xpath]") {
    const Asking ask({"data", "", {{"a", "1"}, {"b", ""}, {"n", "3"}, {"n", "5"}, {"n", "x"}}});
    for (const auto* text :
         {"'1' = 1",           "'01' = 1",          "'01' != '1'",       "true() = 'x'",
          "false() = ''",      "/data/a = 1",       "/data/b = ''",      "/data/n = 5",
          "/data/n = 'x'",     "/data/n != 5",      "/data/n > 4",       "/data/n < 4",
          "5 = /data/n",       "4 < /data/n",       "/data/n = /data/n", "/data/n != /data/n",
          "/data/a < /data/n", "/data/n > /data/a", "/data/n = true()",  "/data/absent = false()",
          "true() >= /data/a", "not(/data/a != 1)"}) {
        INFO(text);
        CHECK(ask.truth(text));
    }
    for (const auto* text : {"'' = 0", "'' < 1", "'' > -1", "'abc' = 0", "'abc' < 1", "'a' < 'b'",
                             "0 div 0 = 0 div 0", "/data/absent = ''", "/data/absent != ''",
                             "/data/absent = /data/absent", "/data/absent < 1", "/data/b = 0", "/data/b < 1",
                             "/data/a != 1", "/data/a != /data/a", "/data/n > 5", "/data/b < /data/n"}) {
        INFO(text);
        CHECK_FALSE(ask.truth(text));
    }
}

TEST_CASE("comparing many with many costs no more than looking at each", "[xpath]") {
    Branch data{"data", ""};
    for (int i = 0; i < 20'000; ++i) {
        data.children.push_back({"a", std::to_string(i)});
        data.children.push_back({"b", std::to_string(-1 - i)});
    }
    const Asking ask(data);
    CHECK_FALSE(ask.truth("/data/a = /data/b"));
    CHECK(ask.truth("/data/a != /data/b"));
    CHECK(ask.truth("/data/a > /data/b"));
    CHECK_FALSE(ask.truth("/data/a < /data/b"));
}

TEST_CASE("pure XPath 1.0 knows no dates", "[xpath]") {
    Asking ask({"data", "2024-01-01"});
    CHECK(ask.truth("/data > 0"));
    ask.at.pure_xpath_1 = true;
    CHECK_FALSE(ask.truth("/data > 0"));
    CHECK(std::isnan(ask.number("number('2024-01-01')")));
    CHECK(ask.number("round(-1.5)") == -1);
}

}  // namespace
}  // namespace doorstep::xpath
