// indexed-repeat and pulldata: paths with predicates, in other words.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

bool stands_below(const Tree& tree, Node node, Node above) {
    for (std::optional<Node> one = node; one; one = tree.parent(*one))
        if (*one == above)
            return true;
    return false;
}

// Keeps what belongs to the repeat instance chosen so far.
Result<void> keep_below(const Call& call, std::optional<Node> chosen, std::vector<Node>& nodes) {
    if (!chosen)
        return {};
    if (!call.evaluator().spend(nodes.size()))
        return call.evaluator().too_much();
    std::erase_if(nodes, [&](Node node) { return !stands_below(call.tree(), node, *chosen); });
    return {};
}

// The arguments that name repeats, outer ones first, in whatever order they are
// written: an inner one has more steps.
std::vector<std::size_t> outer_first(const Call& call) {
    std::vector<std::size_t> repeats;
    for (std::size_t i = 1; i + 1 < call.size(); i += 2)
        repeats.push_back(i);
    const auto steps = [&](std::size_t argument) {
        return call.evaluator().node(call.syntax().operands[argument]).steps.size();
    };
    std::stable_sort(repeats.begin(), repeats.end(),
                     [&](std::size_t left, std::size_t right) { return steps(left) < steps(right); });
    return repeats;
}

// indexed-repeat(/a/r/x, /a/r, 2) is /a/r[2]/x; with more pairs each repeat is
// looked for inside the one around it.
Result<Value> indexed_repeat(const Call& call) {
    const auto& operands = call.syntax().operands;
    std::optional<Node> chosen;
    for (const std::size_t i : outer_first(call)) {
        // The first repeat is the one around the context; the others are meant
        // inside the instance chosen, wherever the context stands.
        Evaluator::Rebasing rebasing(call.evaluator(), !chosen);
        TRY(NodeSet repeats, call.evaluator().nodes(operands[i], call.focus()));
        TRY_DO(keep_below(call, chosen, repeats.nodes));
        Evaluator::Rebasing as_usual(call.evaluator(), true);
        TRY(const double index, call.number(i + 1));
        if (!(index >= 1 && index <= static_cast<double>(repeats.nodes.size())))
            return Value(NodeSet{});
        chosen = repeats.nodes[static_cast<std::size_t>(index) - 1];
    }
    Evaluator::Rebasing rebasing(call.evaluator(), false);
    TRY(NodeSet target, call.nodes(0));
    TRY_DO(keep_below(call, chosen, target.nodes));
    return Value(std::move(target));
}

// "@code" is an attribute.
std::vector<Node> children_named(const Tree& tree, Node parent, std::string_view name) {
    std::vector<Node> found;
    if (name.starts_with('@')) {
        found = tree.attributes(parent);
        std::erase_if(found, [&](Node one) { return tree.name(one).local != name.substr(1); });
        return found;
    }
    if (tree.named_children(parent, {}, name, found))
        return found;
    for (auto child = tree.first_child(parent); child; child = tree.next_sibling(*child))
        if (tree.kind(*child) == NodeKind::element && tree.name(*child).local == name)
            found.push_back(*child);
    return found;
}

bool has_text(const Tree& tree, Node item, std::string_view column, const std::string& value) {
    const auto cells = children_named(tree, item, column);
    return std::any_of(cells.begin(), cells.end(), [&](Node cell) { return tree.text(cell) == value; });
}

Result<std::vector<Node>> rows_with(const Call& call, Node list, const std::string& column,
                                    const std::string& value) {
    if (auto found = call.tree().look_up(list, "item", column, value)) {
        call.evaluator().probed();
        return std::move(*found);
    }
    auto rows = children_named(call.tree(), list, "item");
    if (!call.evaluator().spend(rows.size()))
        return call.evaluator().too_much();
    std::erase_if(rows, [&](Node row) { return !has_text(call.tree(), row, column, value); });
    return rows;
}

// pulldata('list', 'out', 'key', value) is
// instance('list')/root/item[key = value]/out, of the first row.
Result<Value> pulldata(const Call& call) {
    TRY(const std::string name, call.text(0));
    TRY(const std::string out, call.text(1));
    TRY(const std::string key, call.text(2));
    TRY(const std::string value, call.text(3));
    const auto list = call.tree().instance(name);
    if (!list)
        return call.wrong(fmt::format("the form has no list \"{}\".", name));
    for (const Node root : children_named(call.tree(), *list, "root")) {
        TRY(const auto rows, rows_with(call, root, key, value));
        for (const Node row : rows)
            for (const Node cell : children_named(call.tree(), row, out))
                return Value(call.tree().text(cell));
    }
    return Value(std::string{});
}

constexpr std::array functions{
    Function{"indexed-repeat", 3, any_number, Gives::nodes, Reads::arguments, indexed_repeat},
    Function{"pulldata", 4, 4, Gives::text, Reads::outside, pulldata},
};

}  // namespace

std::span<const Function> repeat_functions() {
    return functions;
}

}  // namespace doorstep::xpath
