#include "forms/xpath/packed.h"

#include <algorithm>

#include "forms/xpath/syntax.h"

namespace doorstep::xpath {

template<class Archive, Is<NodeTest> T>
void pack(Archive& archive, T& test) {
    auto& [kind, prefix, name_space, name] = test;
    archive(kind, prefix, name_space, name);
}

template<class Archive, Is<Step> T>
void pack(Archive& archive, T& step) {
    auto& [axis, test, predicates] = step;
    archive(axis, test, predicates);
}

template<class Archive, Is<SyntaxNode> T>
void pack(Archive& archive, T& node) {
    // What is known of it is found again: the function, the pattern, the flags.
    auto& [kind, character, number, text, operands, operators, minuses, start, predicates, steps, function,
           pattern, reads_focus, reads_position] = node;
    (void)function, (void)pattern, (void)reads_focus, (void)reads_position;
    archive(kind, character, text);
    switch (kind) {
    case SyntaxNode::Kind::number:
        archive(number);
        break;
    case SyntaxNode::Kind::text:
        break;
    case SyntaxNode::Kind::chain:
    case SyntaxNode::Kind::minus:
    case SyntaxNode::Kind::call:
        archive(operands, operators, minuses);
        break;
    case SyntaxNode::Kind::path:
        archive(operands, start, predicates, steps);
        break;
    }
}

template<class Archive, Is<ReferenceStep> T>
void pack(Archive& archive, T& step) {
    auto& [to, name_space, name, predicate, position_only] = step;
    archive(to, name_space, name, predicate, position_only);
}

template<class Archive, Is<Reference> T>
void pack(Archive& archive, T& reference) {
    auto& [from, instance, steps, structure_only] = reference;
    archive(from, instance, steps, structure_only);
}

namespace {

// Each nested bracket costs a few nodes, one for every precedence.
constexpr std::uint32_t deepest = depth_limit * 10;

// Whether the evaluator may walk it: operands before what is made of them, as many as
// each kind has.
class Soundness {
public:
    explicit Soundness(const Expression::Syntax& syntax) : syntax_(syntax), depth_(syntax.nodes.size()) {}

    bool check() {
        for (SyntaxId id = 0; id < syntax_.nodes.size(); ++id)
            if (!check(id))
                return false;
        return syntax_.top < syntax_.nodes.size();
    }

private:
    bool before(SyntaxId id, const std::vector<SyntaxId>& parts) {
        for (const SyntaxId part : parts) {
            if (part >= id)
                return false;
            depth_[id] = std::max(depth_[id], depth_[part] + 1);
        }
        return depth_[id] <= deepest;
    }

    bool check(SyntaxId id) {
        const SyntaxNode& node = syntax_.nodes[id];
        for (const Step& step : node.steps)
            if (step.axis > Axis::name_space || step.test.kind > NodeTest::Kind::instruction ||
                !before(id, step.predicates))
                return false;
        return before(id, node.operands) && before(id, node.predicates) && counts(node);
    }

    static bool counts(const SyntaxNode& node) {
        const auto known = [](Operator op) { return op <= Operator::unite; };
        const std::size_t operands = node.operands.size();
        switch (node.kind) {
        case SyntaxNode::Kind::number:
        case SyntaxNode::Kind::text:
        case SyntaxNode::Kind::call:
            return true;
        case SyntaxNode::Kind::chain:
            return operands >= 2 && node.operators.size() + 1 == operands &&
                   std::all_of(node.operators.begin(), node.operators.end(), known);
        case SyntaxNode::Kind::minus:
            return operands == 1;
        case SyntaxNode::Kind::path:
            return node.start <= SyntaxNode::Start::expression &&
                   operands == (node.start == SyntaxNode::Start::expression ? 1u : 0u);
        }
        return false;
    }

    const Expression::Syntax& syntax_;
    std::vector<std::uint32_t> depth_;
};

}  // namespace

void pack(Packer& archive, const Expression& expression) {
    const auto& [text, nodes, top, references, functions, constant] = expression.syntax();
    (void)functions, (void)constant;
    archive(text, nodes, top, references);
}

std::optional<Expression> unpack_expression(Unpacker& archive) {
    auto made = std::make_shared<Expression::Syntax>();
    archive(made->text, made->nodes, made->top, made->references);
    if (!archive.ok() || !Soundness(*made).check()) {
        archive.fail();
        return std::nullopt;
    }
    annotate(*made);
    return Expression(std::move(made));
}

}  // namespace doorstep::xpath
