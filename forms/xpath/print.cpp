// An expression as text again, with the fewest brackets and spaces of one kind.
#include "forms/xpath/syntax.h"

namespace doorstep::xpath {
namespace {

class Printer {
public:
    explicit Printer(const Expression::Syntax& syntax) : syntax_(syntax) {}

    // In brackets when it binds no tighter than `binding`.
    void print(SyntaxId id, int binding) {
        const SyntaxNode& node = syntax_.nodes[id];
        const bool brackets = binding_of(node) <= binding;
        out_ += brackets ? "(" : "";
        switch (node.kind) {
        case SyntaxNode::Kind::number:
            out_ += node.text;
            break;
        case SyntaxNode::Kind::text:
            literal(node.text);
            break;
        case SyntaxNode::Kind::chain:
            chain(node);
            break;
        case SyntaxNode::Kind::minus:
            out_.append(node.minuses, '-');
            print(node.operands[0], minus_precedence);
            break;
        case SyntaxNode::Kind::path:
            path(node);
            break;
        case SyntaxNode::Kind::call:
            call(node);
            break;
        }
        out_ += brackets ? ")" : "";
    }

    std::string out_;

private:
    static int binding_of(const SyntaxNode& node) {
        if (node.kind == SyntaxNode::Kind::chain)
            return precedence(node.operators.front());
        return node.kind == SyntaxNode::Kind::minus ? minus_precedence : minus_precedence + 10;
    }

    void literal(const std::string& text) {
        const char quote = text.find('\'') == std::string::npos ? '\'' : '"';
        out_ += quote + text + quote;
    }

    void chain(const SyntaxNode& node) {
        const int binding = precedence(node.operators.front());
        for (std::size_t i = 0; i < node.operands.size(); ++i) {
            if (i > 0)
                infix(operator_text(node.operators[i - 1]));
            print(node.operands[i], binding);
        }
    }

    // A bare "/" reads on into "*", "and" and "div" as its first step; only a bare one ends in a slash.
    void infix(std::string_view op) {
        const bool like_a_step = op == "*" || (op.front() >= 'a' && op.front() <= 'z');
        if (like_a_step && out_.ends_with('/'))
            out_.replace(out_.size() - 1, 1, "(/)");
        (out_ += ' ').append(op) += ' ';
    }

    void call(const SyntaxNode& node) {
        out_ += node.text + "(";
        for (std::size_t i = 0; i < node.operands.size(); ++i) {
            out_ += i > 0 ? ", " : "";
            print(node.operands[i], 0);
        }
        out_ += ")";
    }

    void predicates(const std::vector<SyntaxId>& predicates) {
        for (const SyntaxId one : predicates) {
            out_ += "[";
            print(one, 0);
            out_ += "]";
        }
    }

    static bool is_any_node(const Step& step, Axis axis) {
        return step.axis == axis && step.test.kind == NodeTest::Kind::node;
    }

    void path(const SyntaxNode& node) {
        bool slash = node.start == SyntaxNode::Start::root;
        if (node.start == SyntaxNode::Start::expression) {
            // A path must not run on into this one's steps.
            print(node.operands[0], syntax_.nodes[node.operands[0]].kind == SyntaxNode::Kind::path
                                        ? 100
                                        : minus_precedence + 1);
            predicates(node.predicates);
            slash = true;
        }
        if (node.steps.empty() && node.start == SyntaxNode::Start::root)
            out_ += "/";
        for (std::size_t i = 0; i < node.steps.size(); ++i) {
            const Step& step = node.steps[i];
            const bool shortened = slash && i + 1 < node.steps.size() && step.predicates.empty() &&
                                   is_any_node(step, Axis::descendant_or_self);
            if (slash)
                out_ += shortened ? "//" : "/";
            if (shortened)
                one_step(node.steps[++i]);
            else
                one_step(step);
            slash = true;
        }
    }

    void one_step(const Step& step) {
        if (is_any_node(step, Axis::self))
            out_ += ".";
        else if (is_any_node(step, Axis::parent))
            out_ += "..";
        else {
            if (step.axis == Axis::attribute)
                out_ += "@";
            else if (step.axis != Axis::child)
                out_.append(axis_name(step.axis)) += "::";
            test(step.test);
        }
        predicates(step.predicates);
    }

    void test(const NodeTest& test) {
        const std::string prefix = test.prefix.empty() ? "" : test.prefix + ":";
        switch (test.kind) {
        case NodeTest::Kind::name:
            out_ += prefix + test.name;
            break;
        case NodeTest::Kind::any_name:
            out_ += "*";
            break;
        case NodeTest::Kind::any_in_namespace:
            out_ += prefix + "*";
            break;
        case NodeTest::Kind::node:
            out_ += "node()";
            break;
        case NodeTest::Kind::text:
            out_ += "text()";
            break;
        case NodeTest::Kind::comment:
            out_ += "comment()";
            break;
        case NodeTest::Kind::instruction:
            out_ += "processing-instruction(";
            if (!test.name.empty())
                literal(test.name);
            out_ += ")";
            break;
        }
    }

    const Expression::Syntax& syntax_;
};

class Comparer {
public:
    Comparer(const Expression::Syntax& left, const Expression::Syntax& right) : left_(left), right_(right) {}

    bool same(SyntaxId l, SyntaxId r) const {
        const SyntaxNode& a = left_.nodes[l];
        const SyntaxNode& b = right_.nodes[r];
        if (a.kind != b.kind || a.text != b.text || a.operators != b.operators || a.minuses != b.minuses ||
            a.start != b.start || a.steps.size() != b.steps.size())
            return false;
        for (std::size_t i = 0; i < a.steps.size(); ++i)
            if (a.steps[i].axis != b.steps[i].axis || a.steps[i].test != b.steps[i].test ||
                !same(a.steps[i].predicates, b.steps[i].predicates))
                return false;
        return same(a.operands, b.operands) && same(a.predicates, b.predicates);
    }

private:
    bool same(const std::vector<SyntaxId>& l, const std::vector<SyntaxId>& r) const {
        for (std::size_t i = 0; i < l.size() && i < r.size(); ++i)
            if (!same(l[i], r[i]))
                return false;
        return l.size() == r.size();
    }

    const Expression::Syntax& left_;
    const Expression::Syntax& right_;
};

}  // namespace

std::string print(const Expression::Syntax& syntax) {
    Printer printer(syntax);
    printer.print(syntax.top, 0);
    return std::move(printer.out_);
}

bool same_syntax(const Expression::Syntax& left, const Expression::Syntax& right) {
    return Comparer(left, right).same(left.top, right.top);
}

}  // namespace doorstep::xpath
