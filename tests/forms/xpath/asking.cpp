#include <catch2/catch.hpp>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {

Asking& Asking::from(std::string_view path) {
    const auto found = value(path);
    REQUIRE(found.ok());
    REQUIRE(std::holds_alternative<NodeSet>(*found));
    REQUIRE_FALSE(std::get<NodeSet>(*found).nodes.empty());
    at.context = std::get<NodeSet>(*found).nodes.front();
    return *this;
}

Result<Value> Asking::value(std::string_view expression) const {
    return parsed(expression).evaluate(at);
}

std::string Asking::text(std::string_view expression) const {
    const auto found = value(expression);
    return found ? coercions().text(*found) : "error: " + found.error().text();
}

double Asking::number(std::string_view expression) const {
    const auto found = value(expression);
    INFO(expression);
    REQUIRE(found.ok());
    return coercions().number(*found);
}

bool Asking::truth(std::string_view expression) const {
    const auto found = value(expression);
    INFO(expression);
    REQUIRE(found.ok());
    return coercions().boolean(*found);
}

std::string Asking::nodes(std::string_view expression) const {
    const auto found = value(expression);
    INFO(expression);
    REQUIRE(found.ok());
    REQUIRE(std::holds_alternative<NodeSet>(*found));
    std::string all;
    for (const Node node : std::get<NodeSet>(*found).nodes)
        all += (all.empty() ? "" : "|") + tree.text(node);
    return all;
}

Expression parsed(std::string_view text) {
    auto result = Expression::parse(text);
    INFO(text);
    if (const auto* error = std::get_if<SyntaxError>(&result))
        INFO(error->what);
    REQUIRE(std::holds_alternative<Expression>(result));
    return std::get<Expression>(result);
}

SyntaxError refused(std::string_view text) {
    auto result = Expression::parse(text);
    INFO(text);
    REQUIRE(std::holds_alternative<SyntaxError>(result));
    return std::get<SyntaxError>(result);
}

}  // namespace doorstep::xpath
