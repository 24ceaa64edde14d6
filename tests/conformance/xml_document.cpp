#include "tests/conformance/xml_document.h"

#include <fmt/format.h>
#include <libxml/parser.h>

#include <algorithm>
#include <charconv>

namespace doorstep::conformance {
namespace {

using xpath::Node;
using xpath::NodeKind;

std::string_view view(const xmlChar* text) {
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view{};
}

std::optional<NodeKind> kind_of(const xmlNode* node) {
    switch (node->type) {
    case XML_ELEMENT_NODE:
        return NodeKind::element;
    case XML_TEXT_NODE:
    case XML_CDATA_SECTION_NODE:
        return NodeKind::text;
    case XML_COMMENT_NODE:
        return NodeKind::comment;
    case XML_PI_NODE:
        return NodeKind::instruction;
    default:
        return std::nullopt;
    }
}

std::string content(const xmlNode* node) {
    xmlChar* text = xmlNodeGetContent(node);
    std::string copy(view(text));
    xmlFree(text);
    return copy;
}

// How a step of a positional path names a kind.
std::string_view step_name(NodeKind kind) {
    switch (kind) {
    case NodeKind::element:
        return "*";
    case NodeKind::text:
        return "text()";
    case NodeKind::comment:
        return "comment()";
    default:
        return "processing-instruction()";
    }
}

}  // namespace

std::unique_ptr<XmlDocument> XmlDocument::parse(const std::string& text) {
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlDocPtr document =
        xmlReadMemory(text.data(), static_cast<int>(text.size()), "case.xml", "UTF-8", options);
    if (!document)
        return nullptr;
    std::unique_ptr<XmlDocument> made(new XmlDocument(document));
    Entry top;
    top.kind = NodeKind::document;
    top.xml = reinterpret_cast<const xmlNode*>(document);
    made->add(std::move(top));
    made->number(document->children, 0, {});
    return made;
}

std::uint64_t XmlDocument::add(Entry entry) {
    entries_.push_back(std::move(entry));
    return entries_.size() - 1;
}

// Recursion is bounded by libxml2's own limit of 256 levels.
void XmlDocument::number(const xmlNode* first, std::uint64_t parent, std::vector<const xmlNs*> scope) {
    std::optional<std::uint64_t> before;
    for (const xmlNode* node = first; node; node = node->next) {
        const auto kind = kind_of(node);
        if (!kind)
            continue;
        Entry made;
        made.kind = *kind;
        made.xml = node;
        made.parent = parent;
        made.previous = before;
        const std::uint64_t own = add(std::move(made));
        if (before)
            entries_[*before].next = own;
        else
            entries_[parent].first_child = own;
        before = own;
        if (*kind != NodeKind::element)
            continue;
        auto inner = scope;
        for (const xmlNs* declared = node->nsDef; declared; declared = declared->next) {
            std::erase_if(inner,
                          [&](const xmlNs* outer) { return view(outer->prefix) == view(declared->prefix); });
            inner.push_back(declared);
        }
        for (const xmlNs* one : inner) {
            const std::uint64_t id = add({NodeKind::name_space, node, nullptr, one, own, {}, {}, {}, {}, {}});
            entries_[own].namespaces.push_back(id);
        }
        for (const xmlAttr* attribute = node->properties; attribute; attribute = attribute->next) {
            const std::uint64_t id =
                add({NodeKind::attribute, node, attribute, nullptr, own, {}, {}, {}, {}, {}});
            entries_[own].attributes.push_back(id);
        }
        number(node->children, own, std::move(inner));
    }
}

NodeKind XmlDocument::kind(Node node) const {
    return entry(node).kind;
}

xpath::Name XmlDocument::name(Node node) const {
    const Entry& found = entry(node);
    const auto named = [](const xmlChar* local, const xmlNs* space) {
        return space ? xpath::Name{view(space->href), view(local), view(space->prefix)}
                     : xpath::Name{{}, view(local), {}};
    };
    switch (found.kind) {
    case NodeKind::element:
        return named(found.xml->name, found.xml->ns);
    case NodeKind::instruction:
        return named(found.xml->name, nullptr);
    case NodeKind::attribute:
        return named(found.attribute->name, found.attribute->ns);
    case NodeKind::name_space:
        return named(found.name_space->prefix, nullptr);
    default:
        return {};
    }
}

std::optional<Node> XmlDocument::parent(Node node) const {
    return node.index == 0 ? std::nullopt : std::optional(Node{0, entry(node).parent});
}

std::optional<Node> XmlDocument::first_child(Node node) const {
    const auto& found = entry(node).first_child;
    return found ? std::optional(Node{0, *found}) : std::nullopt;
}

std::optional<Node> XmlDocument::next_sibling(Node node) const {
    const auto& found = entry(node).next;
    return found ? std::optional(Node{0, *found}) : std::nullopt;
}

std::optional<Node> XmlDocument::previous_sibling(Node node) const {
    const auto& found = entry(node).previous;
    return found ? std::optional(Node{0, *found}) : std::nullopt;
}

std::vector<Node> XmlDocument::attributes(Node node) const {
    std::vector<Node> all;
    for (const auto index : entry(node).attributes)
        all.push_back({0, index});
    return all;
}

std::vector<Node> XmlDocument::namespaces(Node node) const {
    std::vector<Node> all;
    for (const auto index : entry(node).namespaces)
        all.push_back({0, index});
    return all;
}

std::string XmlDocument::text(Node node) const {
    const Entry& found = entry(node);
    if (found.kind == NodeKind::attribute)
        return content(reinterpret_cast<const xmlNode*>(found.attribute));
    if (found.kind == NodeKind::name_space)
        return std::string(view(found.name_space->href));
    return content(found.xml);
}

int XmlDocument::compare(Node left, Node right) const {
    return left.index < right.index ? -1 : left.index > right.index ? 1 : 0;
}

Node XmlDocument::root(Node) const {
    return root_;
}

std::optional<Node> XmlDocument::instance(std::string_view id) const {
    for (std::uint64_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].kind != NodeKind::element || name({0, i}).local != "instance")
            continue;
        for (const Node attribute : attributes({0, i}))
            if (name(attribute).local == "id" && text(attribute) == id)
                return Node{0, i};
    }
    return std::nullopt;
}

// "*[3]", "text()[1]", "@*[name()='jr:id']".
std::optional<Node> XmlDocument::step(Node from, std::string_view part) const {
    constexpr std::string_view attribute_begin = "@*[name()='";
    if (part.starts_with(attribute_begin) && part.ends_with("']")) {
        const auto wanted = part.substr(attribute_begin.size(), part.size() - attribute_begin.size() - 2);
        for (const Node attribute : attributes(from)) {
            const auto found = name(attribute);
            const std::string written = found.prefix.empty()
                                            ? std::string(found.local)
                                            : fmt::format("{}:{}", found.prefix, found.local);
            if (written == wanted)
                return attribute;
        }
        return std::nullopt;
    }
    const auto open = part.rfind('[');
    if (open == std::string_view::npos)
        return std::nullopt;
    std::size_t number = 0;
    std::from_chars(part.data() + open + 1, part.data() + part.size(), number);
    for (auto child = first_child(from); child; child = next_sibling(*child))
        if (step_name(kind(*child)) == part.substr(0, open) && --number == 0)
            return child;
    return std::nullopt;
}

std::optional<Node> XmlDocument::at(std::string_view positional) const {
    Node node;
    while (positional.size() > 1) {
        positional.remove_prefix(1);
        const auto end = std::min(positional.find('/'), positional.size());
        const auto next = step(node, positional.substr(0, end));
        if (!next)
            return std::nullopt;
        node = *next;
        positional.remove_prefix(end);
    }
    return node;
}

std::string XmlDocument::positional(Node node) const {
    if (node.index == 0)
        return "/";
    std::string path;
    for (; node.index != 0; node = *parent(node)) {
        const auto found = name(node);
        if (kind(node) == NodeKind::attribute) {
            const std::string prefix = found.prefix.empty() ? "" : std::string(found.prefix) + ":";
            path = fmt::format("/@*[name()='{}{}']", prefix, found.local) + path;
        } else if (kind(node) == NodeKind::name_space) {
            path = fmt::format("/@*[name()='xmlns{}{}']", found.local.empty() ? "" : ":", found.local) + path;
        } else {
            std::size_t place = 1;
            for (auto other = previous_sibling(node); other; other = previous_sibling(*other))
                place += kind(*other) == kind(node) ? 1U : 0U;
            path = fmt::format("/{}[{}]", step_name(kind(node)), place) + path;
        }
    }
    return path;
}

xpath::Namespaces XmlDocument::declared() const {
    xpath::Namespaces all;
    for (const Entry& one : entries_)
        if (one.kind == NodeKind::name_space && one.name_space->prefix)
            all.emplace(view(one.name_space->prefix), view(one.name_space->href));
    return all;
}

}  // namespace doorstep::conformance
