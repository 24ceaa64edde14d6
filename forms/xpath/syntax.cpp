#include "forms/xpath/syntax.h"

#include <array>
#include <utility>

namespace doorstep::xpath {
namespace {

constexpr std::array<std::pair<std::string_view, Axis>, 13> axes{{
    {"child", Axis::child},
    {"descendant", Axis::descendant},
    {"descendant-or-self", Axis::descendant_or_self},
    {"parent", Axis::parent},
    {"ancestor", Axis::ancestor},
    {"ancestor-or-self", Axis::ancestor_or_self},
    {"following", Axis::following},
    {"following-sibling", Axis::following_sibling},
    {"preceding", Axis::preceding},
    {"preceding-sibling", Axis::preceding_sibling},
    {"attribute", Axis::attribute},
    {"self", Axis::self},
    {"namespace", Axis::name_space},
}};

constexpr std::array<std::pair<std::string_view, Operator>, 14> operators{{
    {"or", Operator::disjunction},
    {"and", Operator::conjunction},
    {"=", Operator::equal},
    {"!=", Operator::not_equal},
    {"<", Operator::less},
    {"<=", Operator::less_equal},
    {">", Operator::greater},
    {">=", Operator::greater_equal},
    {"+", Operator::add},
    {"-", Operator::subtract},
    {"*", Operator::multiply},
    {"div", Operator::divide},
    {"mod", Operator::modulo},
    {"|", Operator::unite},
}};

}  // namespace

std::string_view axis_name(Axis axis) {
    for (const auto& [name, one] : axes)
        if (one == axis)
            return name;
    return "";
}

std::string_view operator_text(Operator op) {
    for (const auto& [text, one] : operators)
        if (one == op)
            return text;
    return "";
}

int precedence(Operator op) {
    switch (op) {
    case Operator::disjunction:
        return 1;
    case Operator::conjunction:
        return 2;
    case Operator::equal:
    case Operator::not_equal:
        return 3;
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
        return 4;
    case Operator::add:
    case Operator::subtract:
        return 5;
    case Operator::multiply:
    case Operator::divide:
    case Operator::modulo:
        return 6;
    case Operator::unite:
        return 8;
    }
    return 0;
}

std::optional<Axis> axis_named(std::string_view name) {
    for (const auto& [known, axis] : axes)
        if (known == name)
            return axis;
    return std::nullopt;
}

std::optional<Operator> operator_named(std::string_view text) {
    for (const auto& [known, op] : operators)
        if (known == text)
            return op;
    return std::nullopt;
}

}  // namespace doorstep::xpath
