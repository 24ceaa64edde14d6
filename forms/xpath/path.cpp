// Walking: axes, node tests, predicates.
#include "forms/xpath/evaluator.h"

#include <algorithm>

namespace doorstep::xpath {
namespace {

NodeKind principal(Axis axis) {
    return axis == Axis::attribute    ? NodeKind::attribute
           : axis == Axis::name_space ? NodeKind::name_space
                                      : NodeKind::element;
}

bool is_reverse(Axis axis) {
    return axis == Axis::ancestor || axis == Axis::ancestor_or_self || axis == Axis::preceding ||
           axis == Axis::preceding_sibling;
}

// The nodes of one axis from one node, in the axis's own order.
class Axes {
public:
    Axes(Evaluator& evaluator, const Step& step)
        : evaluator_(evaluator), tree_(evaluator.at().tree), step_(step) {}

    // False when the expression has visited too many nodes.
    bool walk(Node from) {
        switch (step_.axis) {
        case Axis::child:
            if (step_.test.kind == NodeTest::Kind::name &&
                tree_.named_children(from, step_.test.name_space, step_.test.name, found))
                return evaluator_.spend(found.size() + 1);
            return siblings(tree_.first_child(from), true);
        case Axis::descendant:
            return below(from);
        case Axis::descendant_or_self:
            return visit(from) && below(from);
        case Axis::parent:
            return upwards(tree_.parent(from), false);
        case Axis::ancestor:
            return upwards(tree_.parent(from), true);
        case Axis::ancestor_or_self:
            return upwards(from, true);
        case Axis::following:
            return following(from);
        case Axis::following_sibling:
            return attached(from) || siblings(tree_.next_sibling(from), true);
        case Axis::preceding:
            return preceding(from);
        case Axis::preceding_sibling:
            return attached(from) || siblings(tree_.previous_sibling(from), false);
        case Axis::attribute:
            return all(tree_.attributes(from));
        case Axis::self:
            return visit(from);
        case Axis::name_space:
            return all(tree_.namespaces(from));
        }
        return true;
    }

    std::vector<Node> found;

private:
    bool visit(Node node) {
        const NodeKind kind = tree_.kind(node);
        if (step_.test.kind == NodeTest::Kind::node || fits(step_.test, step_.axis, kind, tree_.name(node)))
            found.push_back(node);
        return evaluator_.spend(1);
    }

    bool all(const std::vector<Node>& nodes) {
        return std::all_of(nodes.begin(), nodes.end(), [this](Node node) { return visit(node); });
    }

    bool attached(Node node) const {
        const NodeKind kind = tree_.kind(node);
        return kind == NodeKind::attribute || kind == NodeKind::name_space;
    }

    bool siblings(std::optional<Node> node, bool forward) {
        for (; node; node = forward ? tree_.next_sibling(*node) : tree_.previous_sibling(*node))
            if (!visit(*node))
                return false;
        return true;
    }

    bool upwards(std::optional<Node> node, bool further) {
        for (; node; node = further ? tree_.parent(*node) : std::nullopt)
            if (!visit(*node))
                return false;
        return true;
    }

    // Without recursion: documents may be deeper than the stack.
    bool below(Node top) {
        std::optional<Node> node = tree_.first_child(top);
        while (node) {
            if (!visit(*node))
                return false;
            auto next = tree_.first_child(*node);
            while (!next && *node != top) {
                next = tree_.next_sibling(*node);
                if (!next) {
                    node = tree_.parent(*node);
                    if (!node)
                        return true;
                }
            }
            node = next;
        }
        return true;
    }

    bool following(Node from) {
        std::optional<Node> node = from;
        if (attached(from)) {
            node = tree_.parent(from);
            if (!node || !below(*node))
                return node.has_value() ? false : true;
        }
        for (; node; node = tree_.parent(*node))
            for (auto next = tree_.next_sibling(*node); next; next = tree_.next_sibling(*next))
                if (!visit(*next) || !below(*next))
                    return false;
        return true;
    }

    bool preceding(Node from) {
        std::optional<Node> node = attached(from) ? tree_.parent(from) : from;
        for (; node; node = tree_.parent(*node))
            for (auto next = tree_.previous_sibling(*node); next; next = tree_.previous_sibling(*next)) {
                const std::size_t before = found.size();
                if (!visit(*next) || !below(*next))
                    return false;
                std::reverse(found.begin() + static_cast<std::ptrdiff_t>(before), found.end());
            }
        return true;
    }

    Evaluator& evaluator_;
    const Tree& tree_;
    const Step& step_;
};

// Whether a step leads from level nodes, in order, to level nodes in order.
bool stays_level(Axis axis) {
    return axis == Axis::child || axis == Axis::attribute || axis == Axis::self;
}

bool is_plain_child(const Step& step) {
    return step.axis == Axis::child && step.test.kind == NodeTest::Kind::name && step.predicates.empty();
}

// An absolute path, written inside a repeat, means the repeat instances that its
// context stands in, as far as the two coincide; but its last step means them all,
// so that count(/data/person) counts everybody.
class Rebase {
public:
    Rebase(const Evaluator& evaluator, const SyntaxNode& path)
        : tree_(evaluator.at().tree), active_(path.start == SyntaxNode::Start::root && evaluator.rebasing()) {
        if (!active_)
            return;
        for (std::optional<Node> node = evaluator.at().context; node; node = tree_.parent(*node))
            ancestors_.push_back(*node);
        at_ = ancestors_.size();
    }

    void narrow(Walk& walk, const Step& step, bool last) {
        active_ = active_ && is_plain_child(step) && !last && at_ > 1 && !walk.nodes.empty();
        if (!active_)
            return;
        // ancestors_ runs from the context up; its end is the root, where the path starts.
        const Node ancestor = ancestors_[at_ - 2];
        if (std::find(walk.nodes.begin(), walk.nodes.end(), ancestor) == walk.nodes.end()) {
            active_ = false;
            return;
        }
        --at_;
        if (tree_.is_repeat(ancestor))
            walk.nodes = {ancestor};
    }

private:
    const Tree& tree_;
    bool active_;
    std::vector<Node> ancestors_;
    std::size_t at_ = 0;
};

Result<std::vector<Node>> step_from(Evaluator& evaluator, const Step& step, const LookUps& how, Node from) {
    std::vector<Node> nodes;
    std::size_t first_predicate = 0;
    bool found = false;
    if (!how.conjuncts.empty()) {
        TRY(auto by_index, look_up(evaluator, how, step, from));
        if (by_index) {
            nodes = std::move(*by_index);
            found = true;
            first_predicate = how.whole ? 1 : 0;
            if (!evaluator.spend(nodes.size()))
                return evaluator.too_much();
        }
    }
    if (!found) {
        Axes axes(evaluator, step);
        if (!axes.walk(from))
            return evaluator.too_much();
        nodes = std::move(axes.found);
    }
    for (std::size_t i = first_predicate; i < step.predicates.size(); ++i) {
        TRY(nodes, filter(evaluator, step.predicates[i], std::move(nodes)));
    }
    if (is_reverse(step.axis))
        std::reverse(nodes.begin(), nodes.end());
    return nodes;
}

Result<void> take_step(Evaluator& evaluator, const Step& step, Walk& walk) {
    const LookUps how = find_look_ups(evaluator.syntax(), step);
    const bool single = walk.nodes.size() < 2;
    if (single && !walk.nodes.empty()) {
        TRY(walk.nodes, step_from(evaluator, step, how, walk.nodes.front()));
    } else {
        std::vector<Node> next;
        for (const Node from : walk.nodes) {
            TRY(const auto nodes, step_from(evaluator, step, how, from));
            next.insert(next.end(), nodes.begin(), nodes.end());
        }
        walk.nodes = std::move(next);
    }
    const bool in_order = single || (walk.level && walk.ordered && stays_level(step.axis));
    if (!in_order)
        evaluator.put_in_order(walk.nodes);
    walk.ordered = true;
    const bool siblings = step.axis == Axis::following_sibling || step.axis == Axis::preceding_sibling ||
                          step.axis == Axis::parent;
    walk.level = (walk.level && stays_level(step.axis)) || (single && siblings);
    return {};
}

Result<Walk> start_of(Evaluator& evaluator, const SyntaxNode& path, const Focus& focus) {
    Walk walk;
    switch (path.start) {
    case SyntaxNode::Start::context:
        walk.nodes = {focus.node};
        break;
    case SyntaxNode::Start::root:
        // Of the primary instance, even inside a predicate on another one.
        walk.nodes = {evaluator.at().tree.root(evaluator.at().context)};
        break;
    case SyntaxNode::Start::expression: {
        TRY(NodeSet set, evaluator.nodes(path.operands[0], focus));
        walk.nodes = std::move(set.nodes);
        walk.ordered = set.ordered;
        walk.level = walk.nodes.size() < 2;
        for (const SyntaxId predicate : path.predicates) {
            TRY(walk.nodes, filter(evaluator, predicate, std::move(walk.nodes)));
        }
        break;
    }
    }
    return walk;
}

}  // namespace

bool fits(const NodeTest& test, Axis axis, NodeKind kind, const Name& name) {
    switch (test.kind) {
    case NodeTest::Kind::node:
        return true;
    case NodeTest::Kind::text:
        return kind == NodeKind::text;
    case NodeTest::Kind::comment:
        return kind == NodeKind::comment;
    case NodeTest::Kind::instruction:
        return kind == NodeKind::instruction && (test.name.empty() || test.name == name.local);
    case NodeTest::Kind::any_name:
        return kind == principal(axis);
    case NodeTest::Kind::any_in_namespace:
        return kind == principal(axis) && name.name_space == test.name_space;
    case NodeTest::Kind::name:
        return kind == principal(axis) && name.local == test.name && name.name_space == test.name_space;
    }
    return false;
}

Result<std::vector<Node>> filter(Evaluator& evaluator, SyntaxId predicate, std::vector<Node> nodes) {
    const SyntaxNode& syntax = evaluator.node(predicate);
    std::vector<Node> kept;
    if (syntax.kind == SyntaxNode::Kind::number) {
        // [3]: no need to look at the others.
        if (syntax.number >= 1 && syntax.number <= static_cast<double>(nodes.size()) &&
            syntax.number == static_cast<double>(static_cast<std::size_t>(syntax.number)))
            kept.push_back(nodes[static_cast<std::size_t>(syntax.number) - 1]);
        return kept;
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!evaluator.spend(1))
            return evaluator.too_much();
        TRY(const Value value, evaluator.evaluate(predicate, Focus{nodes[i], i + 1, nodes.size()}));
        const auto* number = std::get_if<double>(&value);
        if (number ? *number == static_cast<double>(i + 1) : evaluator.coercions().boolean(value))
            kept.push_back(nodes[i]);
    }
    return kept;
}

Result<NodeSet> evaluate_path(Evaluator& evaluator, const SyntaxNode& path, const Focus& focus) {
    TRY(Walk walk, start_of(evaluator, path, focus));
    Rebase rebase(evaluator, path);
    for (std::size_t i = 0; i < path.steps.size() && !walk.nodes.empty(); ++i) {
        TRY_DO(take_step(evaluator, path.steps[i], walk));
        rebase.narrow(walk, path.steps[i], i + 1 == path.steps.size());
    }
    return NodeSet{std::move(walk.nodes), walk.ordered};
}

}  // namespace doorstep::xpath
