#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "forms/xpath/syntax.h"
#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

TEST_CASE("printing keeps the meaning and drops what is only taste", "[xpath]") {
    const std::pair<const char*, const char*> rows[] = {
        {"1+2*3", "1 + 2 * 3"},
        {"(1+2)*3", "(1 + 2) * 3"},
        {"((1))", "1"},
        {"a or(b and c)", "a or b and c"},
        {"(a or b)or c", "(a or b) or c"},
        {"-(1)", "-1"},
        {"-(-1)", "-(-1)"},
        {"--1", "--1"},
        {"child::a/attribute::b", "a/@b"},
        {"self::node()/parent::node()", "./.."},
        {"/descendant-or-self::node()/a", "//a"},
        {"descendant-or-self::node()/a", "descendant-or-self::node()/a"},
        {"/", "/"},
        {"/ data / a", "/data/a"},
        {"(/) and 1", "(/) and 1"},
        {"(/)*2", "(/) * 2"},
        {"(1 | /) div -1", "1 | (/) div -1"},
        {"(/)=(/)", "/ = /"},
        {"(a|b)[1]/c", "(a | b)[1]/c"},
        {"(a)/b", "(a)/b"},
        {"current()/../a", "current()/../a"},
        {"\"it's\"", "\"it's\""},
        {"'a'", "'a'"},
        {"1.50", "1.50"},
        {"a[ 1 ][b='c']", "a[1][b = 'c']"},
        {"processing-instruction('x')", "processing-instruction('x')"},
        {"jr:itext( 'a' ,'b')", "jr:itext('a', 'b')"},
    };
    for (const auto& [text, printed] : rows)
        CHECK(parsed(text).print() == printed);
}

// Grows random expressions, brackets and odd spaces included.
class Gardener {
public:
    explicit Gardener(std::uint64_t seed) : random_(seed) {}

    std::string expression(int depth) {
        switch (random_.below(depth > 0 ? 9 : 3)) {
        case 0:
            return pick({"1", "0.5", ".25", "3.", "12345678901234567890"});
        case 1:
            return pick({"'a'", "\"b'c\"", "''", "'ż'"});
        case 2:
            return path(0);
        case 3:
            return path(depth - 1);
        case 4:
            return "(" + space() + expression(depth - 1) + ")";
        case 5:
            return "-" + space() + bracketed(depth - 1);
        case 6:
            return call(depth - 1);
        default:
            return chain(depth - 1);
        }
    }

private:
    std::string pick(std::vector<std::string> from) { return from[random_.below(from.size())]; }
    std::string space() { return pick({"", " ", "  ", "\n\t"}); }
    std::string bracketed(int depth) { return "(" + expression(depth) + ")"; }

    std::string chain(int depth) {
        const auto op =
            pick({" or ", " and ", "=", "!=", "<", "<=", ">", ">=", "+", " - ", "*", " div ", " mod "});
        std::string text = expression(depth);
        for (std::uint64_t i = 0; i <= random_.below(3); ++i)
            text += space() + op + space() + expression(depth);
        return text;
    }

    std::string call(int depth) {
        std::string text =
            pick({"concat", "if", "jr:choice-name", "nofun", "current", "count"}) + space() + "(";
        for (std::uint64_t i = 0, n = random_.below(4); i < n; ++i)
            text += (i > 0 ? "," : "") + space() + expression(depth);
        return text + ")" + (random_.chance(0.3) ? "/" + step(depth) : "");
    }

    std::string step(int depth) {
        std::string text =
            pick({"a", "b-c", "*", "@id", "..", ".", "text()", "node()", "self::a", "orx:meta", "jr:*",
                  "ancestor::x", "preceding-sibling::*", "descendant-or-self::node()"});
        while (depth > 0 && random_.chance(0.3))
            text += "[" + space() + expression(--depth) + "]";
        return text;
    }

    std::string path(int depth) {
        if (random_.chance(0.1))
            return "(/)";
        std::string text = pick({"", "/", "//"});
        if (depth > 0 && random_.chance(0.2))
            text = "(" + expression(depth) + " | " + path(0) + ")" + pick({"/", "//", "[1]/"});
        text += step(depth);
        while (random_.chance(0.5))
            text += pick({"/", "//", " / "}) + step(depth);
        return text;
    }

    SeededRandom random_;
};

TEST_CASE("what is printed parses to the same tree", "[xpath]") {
    const Namespaces names;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        const std::string text = Gardener(seed).expression(4);
        INFO(fmt::format("seed {}: {}", seed, text));
        const auto first = Expression::parse(text, names);
        REQUIRE(std::holds_alternative<Expression>(first));
        const std::string printed = std::get<Expression>(first).print();
        INFO(printed);
        const auto second = Expression::parse(printed, names);
        REQUIRE(std::holds_alternative<Expression>(second));
        CHECK(same_syntax(std::get<Expression>(first).syntax(), std::get<Expression>(second).syntax()));
        CHECK(std::get<Expression>(second).print() == printed);
    }
}

}  // namespace
}  // namespace doorstep::xpath
