#include <catch2/catch.hpp>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

TEST_CASE("a syntax error names its character, what stands there and what was expected", "[xpath]") {
    struct Row {
        const char* text;
        std::size_t character;
        const char* found;
        const char* expected;
    };
    const Row rows[] = {
        {"", 1, "", "a value, a path or a function"},
        {"   ", 4, "", "a value, a path or a function"},
        {"1 +", 4, "", "a value, a path or a function"},
        {"/data/age > 5 adn /data/b", 15, "adn", "and, or, or an operator"},
        {"(1", 3, "", "and, or, or an operator, or )"},
        {"concat('a' 'b')", 12, "b", "and, or, or an operator, a comma, or )"},
        {"concat('a',)", 12, ")", "a value, a path or a function"},
        {"/data/a[1", 10, "", "and, or, or an operator, or ]"},
        {"1 2", 3, "2", "and, or, or an operator"},
        {"1)", 2, ")", "and, or, or an operator"},
        {"/data/", 7, "", "a name"},
        {"/data/@", 8, "", "a name"},
        {"a/1", 3, "1", "a name"},
        {"sideways::a", 1, "sideways", "an axis"},
        {"'abc", 1, "'abc", "a closing quote"},
        {"1 And 1", 3, "And", "and, or, or an operator"},
        {"$x", 1, "$", "a value, a path or a function"},
        {"nobody:a", 1, "nobody:a", "a declared prefix"},
        {"a | -b", 5, "-", "a value, a path or a function"},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        const SyntaxError error = refused(row.text);
        CHECK(error.character == row.character);
        CHECK(error.found == row.found);
        CHECK(error.expected == row.expected);
        CHECK_FALSE(error.what.empty());
    }
}

TEST_CASE("characters are counted as people count them", "[xpath]") {
    // Letters of two, three and four bytes come first.
    CHECK(refused("'ż€😀' adn 1").character == 7);
    CHECK(refused("/größe/ż adn").character == 10);
}

TEST_CASE("a slip of the hand is shown with its mend", "[xpath]") {
    CHECK(refused("1 adn 2").mend == "adn -> and");
    CHECK(refused("1 ro 2").mend == "ro -> or");
    CHECK(refused("1 AND 2").mend == "AND -> and");
    CHECK(refused("1 banana 2").mend.empty());
    CHECK(refused("1 == 2").mend.empty());  // "= =" is found at the second one
    CHECK(refused("1 && 2").mend == "&& -> and");
    CHECK(refused("1 || 2").mend.empty());
    CHECK(refused("\u201cyes\u201d = 'yes'").mend == "\u201c -> \"");
    CHECK(refused("5 \u2265 4").mend == "\u2265 -> >=");
    CHECK(refused("$age > 5").mend == "write the question as ${name} in the workbook");
}

TEST_CASE("words are operators only where an operator can stand", "[xpath]") {
    const Asking ask({"and", "", {{"or", "3"}, {"div", "4"}, {"mod", "5"}}});
    CHECK(ask.number("/and/or + /and/div") == 7);
    CHECK(ask.number("/and/div div /and/or * 3") == 4);
    CHECK(ask.number("7mod4") == 3);
    CHECK(ask.number("7 mod4") == 3);
    CHECK(ask.truth("1and 1"));
    CHECK(ask.truth("1or0"));
    CHECK(ask.number("2*3") == 6);
    CHECK(ask.number("count(/and/*) * 2") == 6);
}

TEST_CASE("operators bind as XPath has it", "[xpath]") {
    const Asking ask({"data", ""});
    CHECK(ask.number("1 + 2 * 3") == 7);
    CHECK(ask.number("(1 + 2) * 3") == 9);
    CHECK(ask.number("10 - 3 - 2") == 5);
    CHECK(ask.number("-2 * 3") == -6);
    CHECK(ask.number("2 * -3") == -6);
    CHECK(ask.number("--5") == 5);
    CHECK(ask.number("- - -5") == -5);
    CHECK(ask.truth("1 = 1 and 2 = 2 or 1 = 2"));
    CHECK(ask.truth("3 > 2 > 0"));        // (3 > 2) > 0
    CHECK_FALSE(ask.truth("3 > 2 > 1"));  // true is 1
    CHECK(ask.truth("1 < 2 = true()"));
}

TEST_CASE("prefixes are looked up in the form first, then among the usual ones", "[xpath]") {
    const Namespaces names{{"x", "urn:x"}, {"orx", "urn:mine"}, {"", "urn:default"}};
    const auto steps = [&](std::string_view text) {
        auto result = Expression::parse(text, names);
        REQUIRE(std::holds_alternative<Expression>(result));
        return std::get<Expression>(result).references().at(0).steps;
    };
    CHECK(steps("/x:a").at(0).name_space == "urn:x");
    CHECK(steps("/orx:a").at(0).name_space == "urn:mine");
    CHECK(steps("/jr:a").at(0).name_space == "http://openrosa.org/javarosa");
    CHECK(steps("/a").at(0).name_space == "urn:default");
    CHECK(steps("/@a").at(0).name_space.empty());
}

TEST_CASE("functions are listed with what is wrong about them", "[xpath]") {
    const Expression expression = parsed("concat(nofun(1), not(1, 2), indexed-repeat(/a, /b), if(1, 2, 3))");
    const auto& uses = expression.functions();
    REQUIRE(uses.size() == 5);
    const auto use = [&](std::string_view name) {
        for (const auto& one : uses)
            if (one.name == name)
                return one;
        return FunctionUse{};
    };
    CHECK_FALSE(use("nofun").known);
    CHECK(use("nofun").character == 8);
    CHECK(use("nofun").arguments == 1);
    CHECK(use("not").known);
    CHECK_FALSE(use("not").arity_ok);
    CHECK_FALSE(use("indexed-repeat").arity_ok);
    CHECK(use("if").arity_ok);
    CHECK(use("concat").arity_ok);
}

TEST_CASE("an expression knows whether it is constant", "[xpath]") {
    for (const auto* text : {"1 + 2", "'a'", "concat('a', 'b')", "date('2024-01-01')", "if(true(), 1, 2)"})
        CHECK(parsed(text).is_constant());
    for (const auto* text : {"/a", ".", "today()", "random()", "current()/a", "nofun()", "string()",
                             "pulldata('a', 'b', 'c', 'd')", "position()", "once(1)", "uuid()"})
        CHECK_FALSE(parsed(text).is_constant());
}

}  // namespace
}  // namespace doorstep::xpath
