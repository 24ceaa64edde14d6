#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

struct Row {
    const char* expression;
    const char* text;
};

void check(const Asking& ask, std::initializer_list<Row> rows) {
    for (const Row& row : rows) {
        INFO(row.expression);
        CHECK(ask.text(row.expression) == row.text);
    }
}

TEST_CASE("functions of text count characters, not bytes", "[xpath]") {
    const Asking ask({"data", "", {{"w", "zażółć"}, {"i", "1"}, {"i", "2"}}});
    check(ask, {
                   {"string-length(/data/w)", "6"},
                   {"substr(/data/w, 2, 4)", "żó"},
                   {"substr('hello', -2)", "lo"},
                   {"substr('hello', 0, -1)", "hell"},
                   {"substr('hello', 3, 1)", ""},
                   {"substr('hello', 9)", ""},
                   {"substr('hello', 0 div 0)", "hello"},
                   {"substring('12345', 1.5, 2.6)", "234"},
                   {"substring('12345', 0)", "12345"},
                   {"substring('12345', -42, 1 div 0)", "12345"},
                   {"substring('12345', -1 div 0, 1 div 0)", ""},
                   {"translate('ZAŻ', 'Ż', 'z')", "ZAz"},
                   {"translate('abc', 'abc', 'x')", "x"},
                   {"normalize-space('  a \t b ')", "a b"},
                   {"concat(/data/i, 'x')", "12x"},
                   {"join('-', /data/i, 'x')", "1-2-x"},
                   {"join('-')", ""},
                   {"substring-before('a:b:c', ':')", "a"},
                   {"substring-after('a:b:c', ':')", "b:c"},
                   {"ends-with('abc', 'bc')", "true"},
                   {"contains('abc', '')", "true"},
               });
}

TEST_CASE("digests and base64 are those of everybody else", "[xpath]") {
    const Asking ask({"data", ""});
    check(ask, {
                   {"digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"},
                   {"digest('abc', 'sha-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"},
                   {"digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
                   {"base64-decode('xbzDs8WCdw==')", "żółw"},
                   {"base64-decode('not base64')", ""},
                   {"base64-decode('/w==')", ""},  // not UTF-8
               });
    CHECK(ask.fails("digest('abc', 'CRC', 'hex')"));
    CHECK(ask.fails("digest('abc', 'MD5', 'octal')"));
}

TEST_CASE("regex fits the whole text, in linear time", "[xpath]") {
    const Asking ask({"data", "", {{"p", "[0-9]+"}}});
    CHECK(ask.truth("regex('123', '[0-9]+')"));
    CHECK_FALSE(ask.truth("regex('1234', '[0-9]{3}')"));
    CHECK(ask.truth("regex('123', /data/p)"));
    CHECK(ask.truth("regex('ż', '.')"));
    CHECK(ask.fails("regex('a', '(')"));
    CHECK(ask.fails("regex('a', '(?=a)a')"));  // look-ahead is not to be had
    const std::string blows_up = "regex('" + std::string(5000, 'a') + "b', '(a+)+c')";
    CHECK_FALSE(ask.truth(blows_up));
    CHECK(ask.fails("regex('a', '((((a{900}){900}){900}){900})')"));
}

TEST_CASE("numbers round as they are written, halves away from zero", "[xpath]") {
    const Asking ask({"data", ""});
    check(ask, {
                   {"round(2.5)", "3"},
                   {"round(-1.5)", "-2"},
                   {"round(0.4)", "0"},
                   {"round(2.15, 1)", "2.2"},
                   {"round(1.005, 2)", "1.01"},
                   {"round(-1.475, 2)", "-1.48"},
                   {"round(9.99, 1)", "10"},
                   {"round(99.5)", "100"},
                   {"round(0.05, 1)", "0.1"},
                   {"round(0.04, 1)", "0"},
                   {"round(1234, -2)", "1200"},
                   {"round(1250, -2)", "1300"},
                   {"round(50, -2)", "100"},
                   {"round(49, -2)", "0"},
                   {"round(4, -2)", "0"},
                   {"round(1.5, 99999)", "1.5"},
                   {"round(1.5, -99999)", "0"},
                   {"round(1 div 3, 3)", "0.333"},
                   {"round('x')", "NaN"},
                   {"round(1, 'x')", "NaN"},
                   {"round(1 div 0)", "Infinity"},
                   {"int(-1.9)", "-1"},
                   {"floor(-1.1)", "-2"},
                   {"ceiling(1.1)", "2"},
                   {"abs(-3)", "3"},
                   {"pow(2, 10)", "1024"},
                   {"-0.4 mod 0.3 < 0", "true"},
                   {"pow(1, 'x')", "NaN"},
               });
}

TEST_CASE("sums skip blanks but not nonsense", "[xpath]") {
    Asking ask({"data", "", {{"a", "10"}, {"a", ""}, {"a", "5"}, {"b", "1"}, {"b", "x"}, {"c", ""}}});
    CHECK(ask.number("sum(/data/a)") == 15);
    CHECK(std::isnan(ask.number("sum(/data/b)")));
    CHECK(ask.number("sum(/data/c)") == 0);
    CHECK(ask.number("sum(/data/absent)") == 0);
    CHECK(ask.number("max(/data/a[. != ''])") == 10);
    CHECK(std::isnan(ask.number("max(/data/a)")));
    CHECK(std::isnan(ask.number("min(/data/absent)")));
    CHECK(ask.number("min(3, /data/a[1], 7)") == 3);
    CHECK(ask.number("count-non-empty(/data/a)") == 2);
    CHECK(ask.fails("sum(5)"));
    CHECK(ask.fails("count('a')"));
    ask.at.pure_xpath_1 = true;
    CHECK(std::isnan(ask.number("sum(/data/a)")));
}

TEST_CASE("the branch not taken is not looked at", "[xpath]") {
    const Asking ask({"data", "", {{"blank", ""}}});
    check(ask, {
                   {"if(true(), 'a', nofun())", "a"},
                   {"false() and nofun()", "false"},
                   {"true() or not(1, 2)", "true"},
                   {"coalesce('a', nofun())", "a"},
                   {"coalesce(/data/blank, 1 div '', 'c')", "c"},
                   {"coalesce(/data/blank)", ""},
               });
    CHECK(ask.fails("nofun()"));
    CHECK(ask.fails("true() and nofun()"));
    CHECK(ask.fails("not(1, 2)"));
    CHECK(ask.fails("if(true(), 1)"));
}

TEST_CASE("choices are whole words of a list", "[xpath]") {
    const Asking ask({"data", "", {{"s", "apple  red_cross x"}, {"blank", ""}}});
    check(ask, {
                   {"selected(/data/s, 'red_cross')", "true"},
                   {"selected(/data/s, 'red')", "false"},
                   {"selected(/data/s, ' x ')", "true"},
                   {"selected(/data/s, '')", "false"},
                   {"selected(/data/blank, '')", "true"},
                   {"selected(/data/absent, 'a')", "false"},
                   {"selected-at(/data/s, 1)", "red_cross"},
                   {"selected-at(/data/s, 3)", ""},
                   {"selected-at(/data/s, -1)", ""},
                   {"selected-at(/data/s, 'x')", ""},
                   {"count-selected(/data/s)", "3"},
                   {"count-selected(/data/blank)", "0"},
                   {"checklist(1, 2, true(), false(), true())", "true"},
                   {"checklist(3, -1, true(), false(), true())", "false"},
                   {"weighted-checklist(5, 6, true(), 5, false(), 2)", "true"},
                   {"boolean-from-string('1')", "true"},
                   {"boolean-from-string('yes')", "false"},
               });
}

TEST_CASE("what only the form knows is asked of it, and blank without", "[xpath]") {
    Asking ask({"data", "", {{"q", "b"}}});
    CHECK(ask.text("jr:itext('x')").empty());
    CHECK(ask.text("property('username')").empty());
    ask.at.itext = [](std::string_view id) { return "label of " + std::string(id); };
    ask.at.choice_name = [](std::string_view value, std::string_view path) {
        return std::string(value) + " in " + std::string(path);
    };
    ask.at.property = [](std::string_view name) { return "<" + std::string(name) + ">"; };
    check(ask, {
                   {"jr:itext('x')", "label of x"},
                   {"jr:choice-name(/data/q, '/data/q')", "b in /data/q"},
                   {"property('username')", "<username>"},
                   {"version()", "<version>"},
               });
}

TEST_CASE("once keeps what is there", "[xpath]") {
    Asking ask({"data", "", {{"full", "kept"}, {"blank", ""}}});
    CHECK(ask.from("/data/full").text("once('new')") == "kept");
    CHECK(ask.from("/data/blank").text("once('new')") == "new");
}

TEST_CASE("chance comes from the source that is given, and only from it", "[xpath]") {
    Asking ask({"data", "", {{"i", "a"}, {"i", "b"}, {"i", "c"}, {"i", "d"}}});
    const std::string uuid = ask.text("uuid()");
    CHECK(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    CHECK(ask.text("uuid()") != uuid);
    CHECK(ask.text("uuid(12)").size() == 12);
    CHECK(ask.fails("uuid(/data/absent)"));
    CHECK(ask.fails("uuid(1000000000)"));
    std::set<std::string> orders;
    for (int i = 0; i < 20; ++i)
        orders.insert(ask.nodes("randomize(/data/i)"));
    CHECK(orders.size() > 5);
    CHECK(ask.nodes("randomize(/data/i, 42)") == ask.nodes("randomize(/data/i, '42.9')"));
    CHECK(ask.nodes("randomize(/data/i, 'abc')") == ask.nodes("randomize(/data/i, 'abc')"));
    CHECK(ask.nodes("randomize(/data/i, 1)") != ask.nodes("randomize(/data/i, 2)"));
    CHECK(ask.number("count(randomize(/data/i))") == 4);
    ask.at.random = nullptr;
    CHECK(ask.fails("random()"));
    CHECK(ask.fails("uuid()"));
    CHECK(ask.fails("randomize(/data/i)"));
    CHECK_FALSE(ask.fails("randomize(/data/i, 42)"));
}

TEST_CASE("areas, ways and fences are measured on the sphere", "[xpath]") {
    const Asking ask({"data", ""});
    // A degree of the equator.
    CHECK(ask.number("distance('0 0 0 0;0 1 0 0')") == Approx(111'319).epsilon(0.001));
    CHECK(ask.number("distance('0 0', '0 1', '0 2')") == Approx(222'638).epsilon(0.001));
    CHECK(ask.number("area('0 0;0 1;1 1;1 0')") == Approx(1.2391e10).epsilon(0.001));
    CHECK(ask.number("area('0 0;0 1;1 1;1 0;0 0')") == ask.number("area('0 0;0 1;1 1;1 0')"));
    CHECK(ask.number("area('')") == 0);
    CHECK(ask.number("area('0 0;1 1')") == 0);
    CHECK(std::isnan(ask.number("area('0 0;x 1;1 1')")));
    CHECK(std::isnan(ask.number("distance('')")));
    CHECK(std::isnan(ask.number("distance('91 0;0 0')")));
    CHECK(ask.truth("geofence('0.5 0.5', '0 0;0 1;1 1;1 0')"));
    CHECK_FALSE(ask.truth("geofence('1.5 0.5', '0 0;0 1;1 1;1 0')"));
    CHECK_FALSE(ask.truth("geofence('', '0 0;0 1;1 1;1 0')"));
    CHECK_FALSE(ask.truth("geofence('0.5 0.5', '')"));
}

}  // namespace
}  // namespace doorstep::xpath
