// What "=" and "<" mean between values.  Text with text is equal when it is the
// same text, or the same instant written in two ways; anything with a number or a
// date is compared as numbers; "<" always is.  A node-set fits when any of its
// nodes does.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "forms/xpath/dates.h"
#include "forms/xpath/evaluator.h"

namespace doorstep::xpath {
namespace {

bool compare_numbers(Operator op, double left, double right) {
    switch (op) {
    case Operator::equal:
        return left == right;
    case Operator::not_equal:
        return left != right;
    case Operator::less:
        return left < right;
    case Operator::less_equal:
        return left <= right;
    case Operator::greater:
        return left > right;
    default:
        return left >= right;
    }
}

bool is_equality(Operator op) {
    return op == Operator::equal || op == Operator::not_equal;
}

template<class T>
bool is(const Value& value) {
    return std::holds_alternative<T>(value);
}

// Dates as their number, so that equal ones are the same text.
std::string comparable(std::string text, const Coercions& coercions) {
    if (!is_date_text(text, coercions))
        return text;
    return number_text(coercions.number(std::string_view{text})) + " days";
}

bool same_text(const std::string& left, const std::string& right, const Coercions& coercions) {
    return left == right || comparable(left, coercions) == comparable(right, coercions);
}

bool compare_single(Operator op, const Value& left, const Value& right, const Coercions& coercions) {
    if (is_equality(op)) {
        if (is<bool>(left) || is<bool>(right))
            return (coercions.boolean(left) == coercions.boolean(right)) == (op == Operator::equal);
        if (is<std::string>(left) && is<std::string>(right))
            return same_text(std::get<std::string>(left), std::get<std::string>(right), coercions) ==
                   (op == Operator::equal);
    }
    return compare_numbers(op, coercions.number(left), coercions.number(right));
}

bool equal_sets(Operator op, const NodeSet& left, const NodeSet& right, const Coercions& coercions) {
    if (left.nodes.empty() || right.nodes.empty())
        return false;
    const auto text = [&](Node node) { return comparable(coercions.tree.text(node), coercions); };
    std::unordered_set<std::string> texts;
    for (const Node node : left.nodes)
        texts.insert(text(node));
    // Two different texts on one side always differ from some text on the other.
    if (op == Operator::not_equal && texts.size() > 1)
        return true;
    return std::any_of(right.nodes.begin(), right.nodes.end(),
                       [&](Node node) { return texts.contains(text(node)) == (op == Operator::equal); });
}

struct Extremes {
    double least = std::numeric_limits<double>::quiet_NaN();
    double most = std::numeric_limits<double>::quiet_NaN();
};

Extremes extremes(const NodeSet& set, const Coercions& coercions) {
    Extremes found;
    for (const Node node : set.nodes) {
        const double number = coercions.number(std::string_view{coercions.tree.text(node)});
        found.least = std::fmin(found.least, number);
        found.most = std::fmax(found.most, number);
    }
    return found;
}

bool compare_sets(Operator op, const NodeSet& left, const NodeSet& right, const Coercions& coercions) {
    if (is_equality(op))
        return equal_sets(op, left, right, coercions);
    const Extremes l = extremes(left, coercions);
    const Extremes r = extremes(right, coercions);
    const bool upwards = op == Operator::less || op == Operator::less_equal;
    return compare_numbers(op, upwards ? l.least : l.most, upwards ? r.most : r.least);
}

}  // namespace

Operator turned(Operator op) {
    switch (op) {
    case Operator::less:
        return Operator::greater;
    case Operator::less_equal:
        return Operator::greater_equal;
    case Operator::greater:
        return Operator::less;
    case Operator::greater_equal:
        return Operator::less_equal;
    default:
        return op;
    }
}

bool compare(Operator op, const Value& left, const Value& right, const Coercions& coercions) {
    const auto* set = std::get_if<NodeSet>(&left);
    const auto* other = std::get_if<NodeSet>(&right);
    if (set && other)
        return compare_sets(op, *set, *other, coercions);
    if (other)
        return compare(turned(op), right, left, coercions);
    if (!set)
        return compare_single(op, left, right, coercions);
    // A truth is equal to a whole set, but more or less than single nodes.
    if (is<bool>(right) && is_equality(op))
        return compare_single(op, Value(coercions.boolean(left)), right, coercions);
    return std::any_of(set->nodes.begin(), set->nodes.end(), [&](Node node) {
        return compare_single(op, Value(coercions.tree.text(node)), right, coercions);
    });
}

bool is_date_text(std::string_view text, const Coercions& coercions) {
    // Most texts are no dates: look at one character before parsing.
    return coercions.dates && text.size() >= 10 && text.find('-') != std::string_view::npos &&
           parse_date(text, coercions.zone).has_value();
}

}  // namespace doorstep::xpath
