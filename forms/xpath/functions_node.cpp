// position last count count-non-empty name id lang current instance
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

// The place among the siblings of the same name: which instance of its repeat.
Result<Value> place_of(const Call& call, Node node) {
    const Tree& tree = call.tree();
    if (const auto counted = tree.position(node))
        return Value(static_cast<double>(*counted));
    const Name name = tree.name(node);
    double place = 1;
    for (auto other = tree.previous_sibling(node); other; other = tree.previous_sibling(*other)) {
        if (!call.evaluator().spend(1))
            return call.evaluator().too_much();
        const Name its = tree.name(*other);
        if (tree.kind(*other) == tree.kind(node) && its.local == name.local &&
            its.name_space == name.name_space)
            ++place;
    }
    return Value(place);
}

Result<Value> position(const Call& call) {
    if (call.size() == 0)
        return Value(static_cast<double>(call.focus().position));
    TRY(const NodeSet set, call.nodes(0));
    if (set.nodes.empty())
        return call.wrong("there is no such node.");
    return place_of(call, set.nodes.front());
}

Result<Value> last(const Call& call) {
    return Value(static_cast<double>(call.focus().size));
}

Result<Value> count(const Call& call) {
    TRY(const NodeSet set, call.nodes(0));
    return Value(static_cast<double>(set.nodes.size()));
}

Result<Value> count_non_empty(const Call& call) {
    TRY(const NodeSet set, call.nodes(0));
    const auto filled = std::count_if(set.nodes.begin(), set.nodes.end(),
                                      [&](Node node) { return !call.tree().text(node).empty(); });
    return Value(static_cast<double>(filled));
}

// The node a name is asked of: the context, or the first of the argument.
Result<std::optional<Node>> named(const Call& call) {
    if (call.size() == 0)
        return std::optional(call.focus().node);
    TRY(const NodeSet set, call.nodes(0));
    return set.nodes.empty() ? std::nullopt : std::optional(set.nodes.front());
}

Result<Value> name(const Call& call) {
    TRY(const auto node, named(call));
    if (!node)
        return Value(std::string{});
    const Name found = call.tree().name(*node);
    const std::string prefix = found.prefix.empty() ? "" : std::string(found.prefix) + ":";
    return Value(prefix + std::string(found.local));
}

Result<Value> local_name(const Call& call) {
    TRY(const auto node, named(call));
    return Value(node ? std::string(call.tree().name(*node).local) : std::string{});
}

Result<Value> namespace_uri(const Call& call) {
    TRY(const auto node, named(call));
    return Value(node ? std::string(call.tree().name(*node).name_space) : std::string{});
}

constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";

// Elements whose attribute "id" is one of the words.
Result<Value> id(const Call& call) {
    const Tree& tree = call.tree();
    TRY(const auto texts, call.texts(0));
    std::unordered_set<std::string_view> ids;
    for (const auto& text : texts)
        for (const auto word : split_blanks(text))
            ids.insert(word);
    NodeSet found;
    Node top = call.focus().node;
    while (const auto parent = tree.parent(top))
        top = *parent;
    for (std::optional<Node> node = top; node;) {
        if (!call.evaluator().spend(1))
            return call.evaluator().too_much();
        for (const Node attribute : tree.attributes(*node)) {
            const Name its = tree.name(attribute);
            if (its.local == "id" && (its.name_space.empty() || its.name_space == xml_namespace) &&
                ids.contains(tree.text(attribute)))
                found.nodes.push_back(*node);
        }
        auto next = tree.first_child(*node);
        while (!next && node && *node != top) {
            next = tree.next_sibling(*node);
            if (!next)
                node = tree.parent(*node);
        }
        node = next;
    }
    return Value(std::move(found));
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

// Whether xml:lang, here or above, is the language or a kind of it.
Result<Value> lang(const Call& call) {
    TRY(const std::string wanted, call.text(0));
    for (std::optional<Node> node = call.focus().node; node; node = call.tree().parent(*node))
        for (const Node attribute : call.tree().attributes(*node)) {
            const Name its = call.tree().name(attribute);
            if (its.local == "lang" && its.name_space == xml_namespace) {
                const std::string language = lower(call.tree().text(attribute));
                const std::string asked = lower(wanted);
                return Value(language == asked || language.starts_with(asked + "-"));
            }
        }
    return Value(false);
}

Result<Value> current(const Call& call) {
    return Value(NodeSet{{call.at().context}, true});
}

Result<Value> instance(const Call& call) {
    TRY(const std::string id, call.text(0));
    const auto found = call.tree().instance(id);
    if (!found)
        return call.wrong(fmt::format("the form has no instance \"{}\".", id));
    return Value(NodeSet{{*found}, true});
}

constexpr std::array functions{
    Function{"position", 0, 1, Gives::number, Reads::position_if_bare, position},
    Function{"last", 0, 0, Gives::number, Reads::position_if_bare, last},
    Function{"count", 1, 1, Gives::number, Reads::arguments, count},
    Function{"count-non-empty", 1, 1, Gives::number, Reads::arguments, count_non_empty},
    Function{"name", 0, 1, Gives::text, Reads::focus_if_bare, name},
    Function{"local-name", 0, 1, Gives::text, Reads::focus_if_bare, local_name},
    Function{"namespace-uri", 0, 1, Gives::text, Reads::focus_if_bare, namespace_uri},
    Function{"id", 1, 1, Gives::nodes, Reads::focus, id},
    Function{"lang", 1, 1, Gives::boolean, Reads::focus, lang},
    Function{"current", 0, 0, Gives::nodes, Reads::arguments, current},
    Function{"instance", 1, 1, Gives::nodes, Reads::arguments, instance},
};

}  // namespace

std::span<const Function> node_functions() {
    return functions;
}

}  // namespace doorstep::xpath
