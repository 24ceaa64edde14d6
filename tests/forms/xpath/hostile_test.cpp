#include <catch2/catch.hpp>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

std::string times(std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

TEST_CASE("a text beyond 64 KiB is refused with its size", "[xpath]") {
    const auto error = refused(std::string(1 << 20, '1'));
    CHECK(error.what.find("1048576") != std::string::npos);
    CHECK(error.what.find("65536") != std::string::npos);
    CHECK(std::holds_alternative<Expression>(Expression::parse(std::string(65'536, '1'))));
    refused(std::string(65'537, '1'));
}

TEST_CASE("nesting beyond 200 is refused, whatever it is made of", "[xpath]") {
    for (const auto& [open, close] :
         {std::pair{"(", ")"}, {"not(", ")"}, {"a[", "]"}, {"-(", ")"}, {"1+(", ")"}, {"(a|(", "))"}}) {
        INFO(open);
        parsed(times(90, open) + "1" + times(90, close));
        const auto error = refused(times(5000, open) + "1" + times(5000, close));
        CHECK(error.what.find("200") != std::string::npos);
        CHECK(error.character > 100);
    }
    parsed(times(200, "(") + "1" + times(200, ")"));
    refused(times(201, "(") + "1" + times(201, ")"));
}

TEST_CASE("long chains have no depth", "[xpath]") {
    const Asking ask({"data", ""});
    CHECK(ask.number("1" + times(20'000, "+1")) == 20'001);
    CHECK(ask.number(times(60'000, "-") + "1") == 1);
    CHECK(ask.truth("0" + times(10'000, " or 0") + " or 1"));
    CHECK(ask.nodes("." + times(20'000, "/.")).empty());
    CHECK(ask.text("concat('a'" + times(15'000, ",'b'") + ")").size() == 15'001);
    CHECK(ask.number("count(." + times(20'000, "|.") + ")") == 1);
    refused("a" + times(20'000, "|-a"));
}

TEST_CASE("broken text is refused, never read beyond its end", "[xpath]") {
    refused("\xff\xfe");
    refused("'\xc3");
    refused(std::string("1\0+1", 4));
    refused("a\xcc");
    SeededRandom random(99);
    const std::string alphabet = "()[]/|+-=<>.@,:*'\"$ 01ab!\t";
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (std::uint64_t n = random.below(24); n > 0; --n)
            text += alphabet[random.below(alphabet.size())];
        const auto result = Expression::parse(text);
        if (const auto* error = std::get_if<SyntaxError>(&result)) {
            CHECK(error->character >= 1);
            CHECK(error->character <= text.size() + 1);
        }
    }
}

TEST_CASE("an expression that would walk for ever is stopped", "[xpath]") {
    Branch data{"data", ""};
    for (int i = 0; i < 300; ++i)
        data.children.push_back({"a", std::to_string(i)});
    const Asking ask(data);
    const auto result = ask.value("count(//*[count(//*[count(//*[count(//*) > 1]) > 1]) > 1])");
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().what.find("nodes") != std::string::npos);
}

}  // namespace
}  // namespace doorstep::xpath
