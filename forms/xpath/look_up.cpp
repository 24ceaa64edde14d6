// Predicates that an index can answer.
//
// In instance('x')/root/item[name = /data/q] the key is the same for every item, so one
// probe finds the rows.  As text only what is no date: the numbers 7 and 007 are equal, so
// are two ways to write an instant, and an index of texts would miss that.  A number asks
// the sorted index, and so do < and >.
#include "forms/xpath/evaluator.h"

#include <algorithm>
#include <cmath>

namespace doorstep::xpath {
namespace {

std::string_view column_of(const SyntaxNode& node) {
    if (node.kind != SyntaxNode::Kind::path || node.start != SyntaxNode::Start::context ||
        node.steps.size() != 1)
        return {};
    const Step& step = node.steps.front();
    const bool plain = step.axis == Axis::child && step.test.kind == NodeTest::Kind::name &&
                       step.test.prefix.empty() && step.predicates.empty();
    return plain ? std::string_view{step.test.name} : std::string_view{};
}

bool compares(Operator op) {
    return op == Operator::equal || precedence(op) == precedence(Operator::less);
}

std::optional<LookUp> of_conjunct(const Expression::Syntax& syntax, const SyntaxNode& node) {
    if (node.kind != SyntaxNode::Kind::chain || node.operators.size() != 1 ||
        !compares(node.operators.front()))
        return std::nullopt;
    for (const std::size_t side : {0u, 1u}) {
        const auto column = column_of(syntax.nodes[node.operands[side]]);
        const SyntaxId key = node.operands[1 - side];
        if (!column.empty() && !syntax.nodes[key].reads_focus)
            return LookUp{key, column, side == 0 ? node.operators.front() : turned(node.operators.front())};
    }
    return std::nullopt;
}

using Found = std::optional<std::vector<Node>>;

// The numbers that stand in this relation to `key`.
NumberRange range_of(Operator op, double key) {
    NumberRange range;
    if (op == Operator::less || op == Operator::less_equal || op == Operator::equal)
        range.most = key;
    if (op == Operator::greater || op == Operator::greater_equal || op == Operator::equal)
        range.least = key;
    range.least_closed = op != Operator::greater;
    range.most_closed = op != Operator::less;
    return range;
}

Found rows_with(Evaluator& evaluator, const LookUp& how, const Step& step, Node parent, const Value& key) {
    const Tree& tree = evaluator.at().tree;
    const auto* set = std::get_if<NodeSet>(&key);
    if (set && set->nodes.empty())
        return std::vector<Node>{};
    // Of several nodes any may fit; a truth is compared with the whole set.
    if ((set && set->nodes.size() > 1) || std::holds_alternative<bool>(key))
        return std::nullopt;
    const bool as_text = how.op == Operator::equal && (set || std::holds_alternative<std::string>(key));
    if (as_text) {
        const std::string text = evaluator.coercions().text(key);
        return is_date_text(text, evaluator.coercions())
                   ? std::nullopt
                   : tree.look_up(parent, step.test.name, how.column, text);
    }
    const double number = evaluator.coercions().number(key);
    // Nothing stands in any relation to what is no number.
    if (std::isnan(number))
        return std::vector<Node>{};
    return tree.look_up_numbers(parent, step.test.name, how.column, range_of(how.op, number));
}

}  // namespace

std::string_view Expression::child_name() const {
    return column_of(syntax_->nodes[syntax_->top]);
}

LookUps find_look_ups(const Expression::Syntax& syntax, const Step& step) {
    LookUps found;
    if (step.axis != Axis::child || step.test.kind != NodeTest::Kind::name || step.predicates.empty())
        return found;
    const SyntaxNode& predicate = syntax.nodes[step.predicates.front()];
    // Positions count in the whole list, which the index does not give.
    if (predicate.reads_position)
        return found;
    const bool conjunction =
        predicate.kind == SyntaxNode::Kind::chain && predicate.operators.front() == Operator::conjunction;
    if (!conjunction) {
        if (auto one = of_conjunct(syntax, predicate))
            found.conjuncts.push_back(*one);
        found.whole = !found.conjuncts.empty();
        return found;
    }
    for (const SyntaxId operand : predicate.operands)
        if (auto one = of_conjunct(syntax, syntax.nodes[operand]))
            found.conjuncts.push_back(*one);
    // Equal before less: it leaves fewer.
    std::stable_partition(found.conjuncts.begin(), found.conjuncts.end(),
                          [](const LookUp& one) { return one.op == Operator::equal; });
    return found;
}

Result<std::optional<std::vector<Node>>> look_up(Evaluator& evaluator, const LookUps& how, const Step& step,
                                                 Node parent) {
    constexpr std::size_t few = 64;  // to look at one by one is cheaper than another probe
    Found best;
    for (const LookUp& one : how.conjuncts) {
        const auto key = evaluator.evaluate(one.key, Focus{parent, 1, 1});
        // Whether it is ever reached, only the walk can tell.
        if (!key && how.conjuncts.size() > 1)
            continue;
        if (!key)
            return key.error();
        if (auto found = rows_with(evaluator, one, step, parent, *key)) {
            evaluator.probed();
            if (!best || found->size() < best->size())
                best = std::move(found);
            if (best->size() <= few)
                break;
        }
    }
    return best;
}

}  // namespace doorstep::xpath
