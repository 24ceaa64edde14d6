// One evaluation of one expression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "forms/base/result.h"
#include "forms/xpath/expression.h"
#include "forms/xpath/syntax.h"
#include "forms/xpath/value.h"

namespace doorstep::xpath {

// Where in a walk an expression stands: the context node, and its place among
// the nodes that a predicate filters.
struct Focus {
    Node node;
    std::size_t position = 1;
    std::size_t size = 1;
};

// A form is an untrusted file: "//*[//*[//*]]" must end.  Far above what a list
// of a million rows needs.
inline constexpr std::uint64_t node_limit = 20'000'000;

class Evaluator {
public:
    Evaluator(const Expression::Syntax& syntax, const Evaluation& at);
    Evaluator(const Evaluator&) = delete;
    Evaluator& operator=(const Evaluator&) = delete;
    ~Evaluator();

    Result<Value> evaluate(SyntaxId id, const Focus& focus);
    // The nodes that an expression selects; an error when it gives no node-set.
    Result<NodeSet> nodes(SyntaxId id, const Focus& focus);

    const Evaluation& at() const { return at_; }
    const Coercions& coercions() const { return coercions_; }
    const Expression::Syntax& syntax() const { return syntax_; }
    const SyntaxNode& node(SyntaxId id) const { return syntax_.nodes[id]; }

    // Counts nodes visited; false when there have been too many.
    bool spend(std::uint64_t nodes) { return (cost_.nodes += nodes) <= node_limit; }
    void probed() { ++cost_.probes; }
    Error too_much() const;

    // Whether absolute paths mean the repeat instances around the context; set for
    // as long as this lives.
    class Rebasing {
    public:
        Rebasing(Evaluator& evaluator, bool on) : evaluator_(evaluator), before_(evaluator.rebasing_) {
            evaluator.rebasing_ = on;
        }
        Rebasing(const Rebasing&) = delete;
        Rebasing& operator=(const Rebasing&) = delete;
        ~Rebasing() { evaluator_.rebasing_ = before_; }

    private:
        Evaluator& evaluator_;
        bool before_;
    };
    bool rebasing() const { return rebasing_; }

    // Document order, without doubles.
    void put_in_order(std::vector<Node>& nodes) const;

private:
    Result<Value> call(const SyntaxNode& node, const Focus& focus);
    Result<Value> chain(const SyntaxNode& node, const Focus& focus);
    Result<Value> logic(const SyntaxNode& node, const Focus& focus);
    Result<Value> calculated(const SyntaxNode& node, const Focus& focus);
    Result<Value> united(const SyntaxNode& node, const Focus& focus);

    const Expression::Syntax& syntax_;
    const Evaluation& at_;
    Coercions coercions_;
    Evaluation::Cost cost_;
    bool rebasing_ = true;
};

// "=" to ">=" between any two values; for node-sets true when any pair fits.
bool is_date_text(std::string_view text, const Coercions& coercions);
bool compare(Operator op, const Value& left, const Value& right, const Coercions& coercions);

// A set of nodes on its way along a path.
struct Walk {
    std::vector<Node> nodes;
    bool ordered = true;  // in document order; false after randomize()
    bool level = true;    // none stands below another
};

Result<NodeSet> evaluate_path(Evaluator& evaluator, const SyntaxNode& path, const Focus& focus);
// Filters by one predicate; positions count in the order given.
Result<std::vector<Node>> filter(Evaluator& evaluator, SyntaxId predicate, std::vector<Node> nodes);
bool fits(const NodeTest& test, Axis axis, NodeKind kind, const Name& name);

// How a predicate `column = expression without the item` is answered by an index; also
// with < and >, and each conjunct of several.
struct LookUp {
    SyntaxId key = 0;
    std::string_view column;
    Operator op = Operator::equal;  // the column stands to its left
};
struct LookUps {
    std::vector<LookUp> conjuncts;
    bool whole = false;  // one conjunct is all of the predicate
};

LookUps find_look_ups(const Expression::Syntax& syntax, const Step& step);
// Nodes of `parent` by the index; nothing when the tree has none for it.
Result<std::optional<std::vector<Node>>> look_up(Evaluator& evaluator, const LookUps& how, const Step& step,
                                                 Node parent);
// < for >, as seen from the other side.
Operator turned(Operator op);

}  // namespace doorstep::xpath
