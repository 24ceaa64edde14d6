#include "forms/xpath/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "forms/xpath/dates.h"
#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

double calculate(Operator op, double left, double right) {
    switch (op) {
    case Operator::add:
        return left + right;
    case Operator::subtract:
        return left - right;
    case Operator::multiply:
        return left * right;
    case Operator::divide:
        return left / right;
    default:
        return std::fmod(left, right);
    }
}

}  // namespace

Evaluator::Evaluator(const Expression::Syntax& syntax, const Evaluation& at)
    : syntax_(syntax), at_(at), coercions_{at.tree, {at.utc_offset_minutes, at.clock}, !at.pure_xpath_1} {}

Evaluator::~Evaluator() {
    if (at_.cost) {
        at_.cost->nodes += cost_.nodes;
        at_.cost->probes += cost_.probes;
    }
}

Error Evaluator::too_much() const {
    return {Fault::refused, fmt::format("The expression visits more than {} nodes.", node_limit),
            "Write a shorter path, or filter earlier."};
}

Result<Value> Evaluator::evaluate(SyntaxId id, const Focus& focus) {
    const SyntaxNode& node = syntax_.nodes[id];
    switch (node.kind) {
    case SyntaxNode::Kind::number:
        return Value(node.number);
    case SyntaxNode::Kind::text:
        return Value(node.text);
    case SyntaxNode::Kind::chain:
        return chain(node, focus);
    case SyntaxNode::Kind::minus: {
        TRY(const Value value, evaluate(node.operands[0], focus));
        const double number = coercions_.number(value);
        return Value(node.minuses % 2 == 1 ? -number : number);
    }
    case SyntaxNode::Kind::path: {
        TRY(NodeSet set, evaluate_path(*this, node, focus));
        return Value(std::move(set));
    }
    case SyntaxNode::Kind::call:
        return call(node, focus);
    }
    return Value(0.0);
}

Result<NodeSet> Evaluator::nodes(SyntaxId id, const Focus& focus) {
    TRY(Value value, evaluate(id, focus));
    if (auto* set = std::get_if<NodeSet>(&value))
        return std::move(*set);
    return Error{
        Fault::bad_input,
        fmt::format("Character {}: nodes are needed here, not a value.", syntax_.nodes[id].character), ""};
}

Result<Value> Evaluator::call(const SyntaxNode& node, const Focus& focus) {
    if (!node.function)
        return Error{Fault::bad_input, fmt::format("There is no function {}().", node.text), ""};
    if (!takes(*node.function, node.operands.size()))
        return Error{Fault::bad_input,
                     fmt::format("{}() does not take {} arguments.", node.text, node.operands.size()), ""};
    return node.function->run(Call(*this, node, focus));
}

Result<Value> Evaluator::chain(const SyntaxNode& node, const Focus& focus) {
    switch (precedence(node.operators.front())) {
    case 1:
    case 2:
        return logic(node, focus);
    case 8:
        return united(node, focus);
    default:
        return calculated(node, focus);
    }
}

Result<Value> Evaluator::logic(const SyntaxNode& node, const Focus& focus) {
    const bool decisive = node.operators.front() == Operator::disjunction;
    for (const SyntaxId operand : node.operands) {
        TRY(const Value value, evaluate(operand, focus));
        if (coercions_.boolean(value) == decisive)
            return Value(decisive);
    }
    return Value(!decisive);
}

// Comparisons and arithmetic, from the left.
Result<Value> Evaluator::calculated(const SyntaxNode& node, const Focus& focus) {
    TRY(Value left, evaluate(node.operands[0], focus));
    for (std::size_t i = 0; i < node.operators.size(); ++i) {
        TRY(const Value right, evaluate(node.operands[i + 1], focus));
        const Operator op = node.operators[i];
        if (precedence(op) <= 4) {
            left = compare(op, left, right, coercions_);
            continue;
        }
        if (op == Operator::subtract) {
            // Two dates are days apart, exactly.
            const auto from = coercions_.date(left);
            const auto to = from ? coercions_.date(right) : std::nullopt;
            if (to && !std::isnan(from->days) && !std::isnan(to->days)) {
                left = static_cast<double>(local_ms(*from) - local_ms(*to)) / day_ms;
                continue;
            }
        }
        left = calculate(op, coercions_.number(left), coercions_.number(right));
    }
    return left;
}

Result<Value> Evaluator::united(const SyntaxNode& node, const Focus& focus) {
    NodeSet all;
    for (const SyntaxId operand : node.operands) {
        TRY(const NodeSet set, nodes(operand, focus));
        all.nodes.insert(all.nodes.end(), set.nodes.begin(), set.nodes.end());
    }
    put_in_order(all.nodes);
    return Value(std::move(all));
}

void Evaluator::put_in_order(std::vector<Node>& nodes) const {
    const auto before = [this](Node left, Node right) {
        if (left.document != right.document)
            return left.document < right.document;
        return left != right && at_.tree.compare(left, right) < 0;
    };
    if (!std::is_sorted(nodes.begin(), nodes.end(), before))
        std::sort(nodes.begin(), nodes.end(), before);
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

}  // namespace doorstep::xpath
