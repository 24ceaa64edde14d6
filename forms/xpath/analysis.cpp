// What is known of an expression before any document: which functions it calls,
// what its values depend on, whether it is constant.
#include <tuple>

#include "forms/xpath/function.h"
#include "forms/xpath/syntax.h"

namespace doorstep::xpath {
namespace {

void note_call(SyntaxNode& node, std::vector<FunctionUse>& uses) {
    node.function = find_function(node.text);
    const std::size_t arguments = node.operands.size();
    FunctionUse use{.name = node.text, .arguments = arguments, .character = node.character};
    if (node.function) {
        use.known = true;
        use.arity_ok = takes(*node.function, arguments);
        use.least = node.function->least;
        use.most = node.function->most;
    }
    uses.push_back(std::move(use));
}

// Patterns that stand in the form are compiled once for all evaluations, as long
// as they are few and small: a short text can mean a very large automaton, and a
// form holds thousands of expressions.
constexpr int patterns_kept = 8;
constexpr int patterns_tried = 64;
constexpr int pattern_size_max = 500;  // instructions of 16 bytes

void compile_pattern(SyntaxNode& node, const std::vector<SyntaxNode>& nodes, FunctionUse& use,
                     int& compiled) {
    if (node.text != "regex" || node.operands.size() != 2 || compiled == patterns_tried)
        return;
    const SyntaxNode& pattern = nodes[node.operands[1]];
    if (pattern.kind != SyntaxNode::Kind::text)
        return;
    auto made = compile_regex(pattern.text);
    if (!made->ok())
        std::tie(use.pattern_fault, use.pattern_mend) = words_about(*made);
    else if (compiled < patterns_kept && made->ProgramSize() <= pattern_size_max)
        node.pattern = std::move(made);
    ++compiled;
}

void flag_call(SyntaxNode& node) {
    const bool bare = node.operands.empty();
    if (!node.function) {
        node.reads_focus = true;
        return;
    }
    switch (node.function->reads) {
    case Reads::arguments:
        break;
    case Reads::focus:
    case Reads::outside:
        node.reads_focus = true;
        break;
    case Reads::focus_if_bare:
        node.reads_focus = node.reads_focus || bare;
        break;
    case Reads::position_if_bare:
        node.reads_focus = node.reads_focus || bare;
        node.reads_position = node.reads_position || bare;
        break;
    }
}

// Operands always come before what is made of them, so one pass is enough.
void flag(SyntaxNode& node, const std::vector<SyntaxNode>& nodes) {
    for (const SyntaxId operand : node.operands) {
        node.reads_focus = node.reads_focus || nodes[operand].reads_focus;
        node.reads_position = node.reads_position || nodes[operand].reads_position;
    }
    if (node.kind == SyntaxNode::Kind::path && node.start == SyntaxNode::Start::context)
        node.reads_focus = true;
    if (node.kind == SyntaxNode::Kind::call)
        flag_call(node);
}

bool may_vary(const SyntaxNode& node) {
    if (node.kind == SyntaxNode::Kind::path)
        return true;
    if (node.kind != SyntaxNode::Kind::call)
        return false;
    if (!node.function || node.function->gives == Gives::nodes)
        return true;
    return node.function->reads != Reads::arguments &&
           (node.function->reads == Reads::focus || node.function->reads == Reads::outside ||
            node.operands.empty());
}

}  // namespace

void annotate(Expression::Syntax& syntax) {
    syntax.constant = true;
    int compiled = 0;
    for (SyntaxNode& node : syntax.nodes) {
        if (node.kind == SyntaxNode::Kind::call) {
            note_call(node, syntax.functions);
            compile_pattern(node, syntax.nodes, syntax.functions.back(), compiled);
        }
        flag(node, syntax.nodes);
        syntax.constant = syntax.constant && !may_vary(node);
    }
}

void analyse(Expression::Syntax& syntax) {
    annotate(syntax);
    syntax.references = find_references(syntax);
}

}  // namespace doorstep::xpath
