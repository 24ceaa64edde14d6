#include "client/wording/plural_rule.h"

#include <catch2/catch.hpp>
#include <string>

using namespace doorstep;

namespace {

PluralRule rule(const std::string& line) {
    auto parsed = PluralRule::parse(line);
    if (!parsed.ok())
        FAIL(line << ": " << parsed.error().text());
    return std::move(parsed).value();
}

std::size_t value(const std::string& expression, std::uint64_t n) {
    return rule("nplurals=8; plural=" + expression + ";").form_of(n);
}

constexpr const char* polish =
    "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);";
constexpr const char* arabic = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? "
                               "3 : n%100>=11 ? 4 : 5);";

}  // namespace

TEST_CASE("Polish numbers take the forms that Polish grammar gives them", "[wording][plural]") {
    const auto forms = rule(polish);
    for (const int few : {2, 3, 4, 22, 23, 24, 32, 54, 102, 104, 122, 1002, 1024})
        CHECK(forms.form_of(static_cast<std::uint64_t>(few)) == 1);
    for (const int many :
         {0, 5, 6, 9, 10, 11, 12, 13, 14, 15, 20, 21, 25, 30, 31, 100, 101, 111, 112, 113, 114, 1012})
        CHECK(forms.form_of(static_cast<std::uint64_t>(many)) == 2);
    CHECK(forms.form_of(1) == 0);
}

TEST_CASE("Arabic numbers take the forms that Arabic grammar gives them", "[wording][plural]") {
    const auto forms = rule(arabic);
    CHECK(forms.form_of(0) == 0);
    CHECK(forms.form_of(1) == 1);
    CHECK(forms.form_of(2) == 2);
    for (const int few : {3, 4, 7, 10, 103, 110, 205, 1003})
        CHECK(forms.form_of(static_cast<std::uint64_t>(few)) == 3);
    for (const int many : {11, 12, 26, 99, 111, 199, 1011})
        CHECK(forms.form_of(static_cast<std::uint64_t>(many)) == 4);
    for (const int other : {100, 101, 102, 200, 302, 1000, 1001})
        CHECK(forms.form_of(static_cast<std::uint64_t>(other)) == 5);
}

TEST_CASE("English has one and many", "[wording][plural]") {
    const PluralRule english;
    CHECK(english.form_of(1) == 0);
    for (const std::uint64_t n : {0u, 2u, 11u, 101u})
        CHECK(english.form_of(n) == 1);
}

TEST_CASE("operators bind as in C", "[wording][plural]") {
    CHECK(value("n", 3) == 3);
    CHECK(value("1+2*3", 0) == 7);
    CHECK(value("(1+1)*3", 0) == 6);
    CHECK(value("7-2-3", 0) == 2);
    CHECK(value("n>1==1", 5) == 1);
    CHECK(value("1||0&&0", 0) == 1);
    CHECK(value("!n", 0) == 1);
    CHECK(value("!!n", 9) == 1);
    CHECK(value("!n==1", 0) == 1);
    CHECK(value("n%100/10", 57) == 5);
    CHECK(value("n<=2", 2) == 1);
    CHECK(value("n>=2", 1) == 0);
    CHECK(value("n!=2", 2) == 0);
    CHECK(value("n?1:n?2:3", 0) == 3);
    CHECK(value("n==1?n==1?4:5:6", 1) == 4);
    CHECK(value(" ( n == 1 )\t? 0 : 1 ", 1) == 0);
}

TEST_CASE("a rule never gives a form that there is not", "[wording][plural]") {
    CHECK(rule("nplurals=2; plural=n;").form_of(99) == 1);
    CHECK(rule("nplurals=2; plural=0-1;").form_of(1) == 1);
    CHECK(rule("nplurals=1; plural=n/0;").form_of(5) == 0);
    CHECK(rule("nplurals=2; plural=n%0;").form_of(5) == 0);
    CHECK(rule("nplurals=1; plural=0;").forms() == 1);
}

TEST_CASE("a rule that cannot be read says why", "[wording][plural][hostile]") {
    for (const std::string line :
         {"", "nplurals=2;", "plural=n", "nplurals=0; plural=0;", "nplurals=9; plural=0;",
          "nplurals=x; plural=0;", "nplurals=2; plural=;", "nplurals=2; plural=n==;",
          "nplurals=2; plural=(n;", "nplurals=2; plural=n?1;", "nplurals=2; plural=n 1;",
          "nplurals=2; plural=m;", "nplurals=2; plural=n=1;", "nplurals=2; plural=9999999999;",
          "nplurals=2; plural=n & 1;", "nplurals=2; plural=system(1);"}) {
        INFO(line);
        const auto parsed = PluralRule::parse(line);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().fault == Fault::bad_input);
        CHECK(parsed.error().what.starts_with("Plural-Forms cannot be read"));
    }
    CHECK_FALSE(PluralRule::parse("nplurals=2; plural=" + std::string(500, '(') + "n").ok());
    CHECK_FALSE(PluralRule::parse("nplurals=2; plural=" + std::string(500, '!') + "n").ok());
    std::string chain = "nplurals=2; plural=";
    for (int i = 0; i < 200; ++i)
        chain += "n?1:";
    CHECK_FALSE(PluralRule::parse(chain + "n").ok());
    CHECK_FALSE(PluralRule::parse("nplurals=2; plural=" + std::string(100'000, ' ') + "n").ok());
}
