#include "forms/session/tree.h"

namespace doorstep {
namespace {

NodeId id_of(xpath::Node node) {
    return static_cast<NodeId>(node.index - 1);
}

std::optional<xpath::Node> in_list(xpath::Node like, std::optional<std::uint64_t> index) {
    return index ? std::optional(xpath::Node{like.document, *index}) : std::nullopt;
}

}  // namespace

xpath::Node tree_node(NodeId node) {
    return {0, std::uint64_t{node} + 1};
}

const SecondaryInstance& SessionTree::list(xpath::Node node) const {
    return *state_.content->secondary[node.document - 1];
}

xpath::NodeKind SessionTree::kind(xpath::Node node) const {
    if (node.document != 0)
        return list(node).kind(node.index);
    if (node.index == 0)
        return xpath::NodeKind::document;
    return state_.instance.form_of(id_of(node)).attribute ? xpath::NodeKind::attribute
                                                          : xpath::NodeKind::element;
}

xpath::Name SessionTree::name(xpath::Node node) const {
    if (node.document != 0)
        return list(node).name(node.index);
    if (node.index == 0)
        return {};
    const Template& form = state_.instance.form_of(id_of(node));
    return {form.name_space, form.name, form.prefix};
}

std::optional<xpath::Node> SessionTree::parent(xpath::Node node) const {
    if (node.document != 0)
        return in_list(node, list(node).parent(node.index));
    if (node.index == 0)
        return std::nullopt;
    const NodeId above = state_.instance[id_of(node)].parent;
    return above == nowhere ? xpath::Node{0, 0} : tree_node(above);
}

// Attributes hang in the same chain and are no children.
std::optional<xpath::Node> SessionTree::element_from(NodeId node, NodeId InstanceNode::*step) const {
    while (node != nowhere && state_.instance.form_of(node).attribute)
        node = state_.instance[node].*step;
    return node == nowhere ? std::nullopt : std::optional(tree_node(node));
}

std::optional<xpath::Node> SessionTree::first_child(xpath::Node node) const {
    if (node.document != 0)
        return in_list(node, list(node).first_child(node.index));
    if (node.index == 0)
        return tree_node(state_.instance.root());
    return element_from(state_.instance[id_of(node)].first_child, &InstanceNode::next);
}

std::optional<xpath::Node> SessionTree::next_sibling(xpath::Node node) const {
    if (node.document != 0)
        return in_list(node, list(node).next_sibling(node.index));
    if (node.index == 0 || kind(node) == xpath::NodeKind::attribute)
        return std::nullopt;
    return element_from(state_.instance[id_of(node)].next, &InstanceNode::next);
}

std::optional<xpath::Node> SessionTree::previous_sibling(xpath::Node node) const {
    if (node.document != 0)
        return in_list(node, list(node).previous_sibling(node.index));
    if (node.index == 0 || kind(node) == xpath::NodeKind::attribute)
        return std::nullopt;
    return element_from(state_.instance[id_of(node)].previous, &InstanceNode::previous);
}

std::vector<xpath::Node> SessionTree::attributes(xpath::Node node) const {
    std::vector<xpath::Node> found;
    if (node.document != 0) {
        for (const std::uint64_t one : list(node).attributes(node.index))
            found.push_back({node.document, one});
    } else if (node.index != 0) {
        const Instance& instance = state_.instance;
        for (NodeId child = instance[id_of(node)].first_child; child != nowhere; child = instance[child].next)
            if (instance.form_of(child).attribute)
                found.push_back(tree_node(child));
    }
    return found;
}

void SessionTree::append_text(NodeId node, std::string& out) const {
    const InstanceNode& one = state_.instance[node];
    if (!one.relevant)
        return;
    // Don't know, prefer not to say, sealed: read as blank.
    if (one.has_value())
        out += one.text;
    for (NodeId child = one.first_child; child != nowhere; child = state_.instance[child].next)
        if (!state_.instance.form_of(child).attribute)
            append_text(child, out);
}

std::string SessionTree::text(xpath::Node node) const {
    if (node.document != 0)
        return list(node).text(node.index);
    std::string out;
    append_text(node.index == 0 ? state_.instance.root() : id_of(node), out);
    return out;
}

int SessionTree::compare(xpath::Node left, xpath::Node right) const {
    if (left.index == right.index)
        return 0;
    // Lists number their nodes in document order.
    if (left.document != 0 || left.index == 0 || right.index == 0)
        return left.index < right.index ? -1 : 1;
    return state_.instance.compare(id_of(left), id_of(right));
}

// An absolute path means the answers, also inside a predicate on a list.
xpath::Node SessionTree::root(xpath::Node) const {
    return {0, 0};
}

std::optional<xpath::Node> SessionTree::instance(std::string_view id) const {
    const auto at = state_.content->secondary_by_id.find(std::string(id));
    if (at == state_.content->secondary_by_id.end())
        return std::nullopt;
    return xpath::Node{at->second + 1, 0};
}

bool SessionTree::is_repeat(xpath::Node node) const {
    return node.document == 0 && node.index != 0 && state_.instance.form_of(id_of(node)).repeat;
}

std::optional<std::size_t> SessionTree::position(xpath::Node node) const {
    if (node.document != 0 || node.index == 0)
        return std::nullopt;
    return state_.instance.position(id_of(node));
}

bool SessionTree::named_children(xpath::Node parent, std::string_view name_space, std::string_view local,
                                 std::vector<xpath::Node>& into) const {
    if (parent.document != 0)
        return list(parent).named_children(parent.index, name_space, local, [&](std::uint64_t node) {
            into.push_back({parent.document, node});
        });
    const Instance& instance = state_.instance;
    if (parent.index == 0) {
        const Template& root = instance.form_of(instance.root());
        if (root.name == local && root.name_space == name_space)
            into.push_back(tree_node(instance.root()));
        return true;
    }
    const NodeId above = id_of(parent);
    if (const auto child = state_.content->child(instance[above].of, name_space, local, false))
        for (NodeId node = instance.run(above, *child).first; node != nowhere;
             node = instance.next_same(node))
            into.push_back(tree_node(node));
    return true;
}

namespace {

std::optional<std::vector<xpath::Node>> rows_of(std::uint32_t document,
                                                const std::optional<std::vector<std::uint64_t>>& rows) {
    if (!rows)
        return std::nullopt;
    std::vector<xpath::Node> found;
    found.reserve(rows->size());
    for (const std::uint64_t row : *rows)
        found.push_back({document, row});
    return found;
}

}  // namespace

std::optional<std::vector<xpath::Node>> SessionTree::look_up(xpath::Node parent, std::string_view element,
                                                             std::string_view column,
                                                             std::string_view value) const {
    if (parent.document == 0)
        return std::nullopt;
    return rows_of(parent.document, list(parent).look_up(parent.index, element, column, value));
}

std::optional<std::vector<xpath::Node>> SessionTree::look_up_numbers(xpath::Node parent,
                                                                     std::string_view element,
                                                                     std::string_view column,
                                                                     const xpath::NumberRange& range) const {
    if (parent.document == 0)
        return std::nullopt;
    return rows_of(parent.document, list(parent).look_up_numbers(parent.index, element, column, range));
}

}  // namespace doorstep
