// Predicates that an index can answer.
//
// In instance('x')/root/item[name = /data/q] the key is the same for every item,
// so one probe finds the rows.  It must be text and no date: the numbers 7 and 007
// are equal, so are two ways to write an instant, and an index of texts would miss
// that.
#include "forms/xpath/evaluator.h"

namespace doorstep::xpath {
namespace {

// "name", and nothing else.
std::string_view column_of(const SyntaxNode& node) {
    if (node.kind != SyntaxNode::Kind::path || node.start != SyntaxNode::Start::context ||
        node.steps.size() != 1)
        return {};
    const Step& step = node.steps.front();
    const bool plain = step.axis == Axis::child && step.test.kind == NodeTest::Kind::name &&
                       step.test.prefix.empty() && step.predicates.empty();
    return plain ? std::string_view{step.test.name} : std::string_view{};
}

std::optional<LookUp> of_conjunct(const Expression::Syntax& syntax, const SyntaxNode& node) {
    if (node.kind != SyntaxNode::Kind::chain || node.operators.size() != 1 ||
        node.operators.front() != Operator::equal)
        return std::nullopt;
    for (const std::size_t side : {0u, 1u}) {
        const auto column = column_of(syntax.nodes[node.operands[side]]);
        const SyntaxId key = node.operands[1 - side];
        if (!column.empty() && !syntax.nodes[key].reads_focus)
            return LookUp{key, column, true};
    }
    return std::nullopt;
}

}  // namespace

std::optional<LookUp> find_look_up(const Expression::Syntax& syntax, const Step& step) {
    if (step.axis != Axis::child || step.test.kind != NodeTest::Kind::name || step.predicates.empty())
        return std::nullopt;
    const SyntaxNode& predicate = syntax.nodes[step.predicates.front()];
    // Positions count in the whole list, which the index does not give.
    if (predicate.reads_position)
        return std::nullopt;
    const bool conjunction =
        predicate.kind == SyntaxNode::Kind::chain && predicate.operators.front() == Operator::conjunction;
    if (!conjunction)
        return of_conjunct(syntax, predicate);
    for (const SyntaxId operand : predicate.operands)
        if (auto found = of_conjunct(syntax, syntax.nodes[operand])) {
            found->whole = false;
            return found;
        }
    return std::nullopt;
}

Result<std::optional<std::vector<Node>>> look_up(Evaluator& evaluator, const LookUp& how, const Step& step,
                                                 Node parent) {
    TRY(const Value key, evaluator.evaluate(how.key, Focus{parent, 1, 1}));
    const Tree& tree = evaluator.at().tree;
    std::string text;
    if (const auto* set = std::get_if<NodeSet>(&key)) {
        if (set->nodes.empty())
            return std::optional(std::vector<Node>{});
        if (set->nodes.size() > 1)
            return std::optional<std::vector<Node>>{};
        text = tree.text(set->nodes.front());
    } else if (const auto* plain = std::get_if<std::string>(&key)) {
        text = *plain;
    } else {
        return std::optional<std::vector<Node>>{};
    }
    if (is_date_text(text, evaluator.coercions()))
        return std::optional<std::vector<Node>>{};
    auto found = tree.look_up(parent, step.test.name, how.column, text);
    if (found)
        evaluator.probed();
    return found;
}

}  // namespace doorstep::xpath
