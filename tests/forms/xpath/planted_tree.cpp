#include "tests/forms/xpath/planted_tree.h"

#include <algorithm>

namespace doorstep::xpath {

PlantedTree::PlantedTree(const Branch& primary) {
    plant(primary);
}

void PlantedTree::add_instance(const std::string& id, const Branch& root) {
    instances_[id] = static_cast<std::uint32_t>(documents_.size());
    plant(root);
}

void PlantedTree::plant(const Branch& root) {
    Entries entries(1);
    entries[0].kind = NodeKind::document;
    const std::uint64_t top = grow(entries, root, 0);
    entries[0].children.push_back(top);
    documents_.push_back(std::move(entries));
}

std::uint64_t PlantedTree::grow(Entries& entries, const Branch& branch, std::uint64_t parent) {
    const std::uint64_t own = entries.size();
    entries.push_back({NodeKind::element, branch.name, branch.text, parent, {}, {}, branch.repeat, 0});
    for (const auto& [name, value] : branch.attributes) {
        entries[own].attributes.push_back(entries.size());
        entries.push_back({NodeKind::attribute, name, value, own, {}, {}, false, 0});
    }
    for (const Branch& child : branch.children) {
        const std::uint64_t index = grow(entries, child, own);
        entries[index].place = entries[own].children.size();
        entries[own].children.push_back(index);
    }
    return own;
}

NodeKind PlantedTree::kind(Node node) const {
    return at(node).kind;
}

Name PlantedTree::name(Node node) const {
    return {{}, at(node).name, {}};
}

std::optional<Node> PlantedTree::parent(Node node) const {
    return node.index == 0 ? std::nullopt : std::optional(Node{node.document, at(node).parent});
}

std::optional<Node> PlantedTree::first_child(Node node) const {
    const auto& children = at(node).children;
    return children.empty() ? std::nullopt : std::optional(Node{node.document, children.front()});
}

std::optional<Node> PlantedTree::sibling(Node node, bool forward) const {
    if (node.index == 0)
        return std::nullopt;
    const auto& all = documents_[node.document][at(node).parent].children;
    const std::size_t place = at(node).place;
    if (at(node).kind == NodeKind::attribute || (forward ? place + 1 == all.size() : place == 0))
        return std::nullopt;
    return Node{node.document, all[forward ? place + 1 : place - 1]};
}

std::optional<Node> PlantedTree::next_sibling(Node node) const {
    return sibling(node, true);
}
std::optional<Node> PlantedTree::previous_sibling(Node node) const {
    return sibling(node, false);
}

std::vector<Node> PlantedTree::attributes(Node node) const {
    std::vector<Node> all;
    for (const auto index : at(node).attributes)
        all.push_back({node.document, index});
    return all;
}

std::string PlantedTree::text(Node node) const {
    std::string all = at(node).text;
    for (const auto child : at(node).children)
        all += text({node.document, child});
    return all;
}

int PlantedTree::compare(Node left, Node right) const {
    return left.index < right.index ? -1 : left.index > right.index ? 1 : 0;
}

Node PlantedTree::root(Node) const {
    return {0, 0};
}

std::optional<Node> PlantedTree::instance(std::string_view id) const {
    const auto found = instances_.find(id);
    return found == instances_.end() ? std::nullopt : std::optional(Node{found->second, 0});
}

bool PlantedTree::is_repeat(Node node) const {
    return at(node).repeat;
}

std::optional<std::vector<Node>> PlantedTree::look_up(Node parent, std::string_view element,
                                                      std::string_view column, std::string_view value) const {
    if (!indexed_)
        return std::nullopt;
    std::vector<Node> found;
    for (const auto child : at(parent).children) {
        const Node item{parent.document, child};
        const auto& cells = at(item).children;
        const bool fits = std::any_of(cells.begin(), cells.end(), [&](std::uint64_t cell) {
            const Entry& entry = documents_[parent.document][cell];
            return entry.name == column && entry.text == value;
        });
        if (at(item).name == element && fits)
            found.push_back(item);
    }
    return found;
}

}  // namespace doorstep::xpath
