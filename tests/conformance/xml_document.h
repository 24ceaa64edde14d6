// An XML document, read by libxml2, as the evaluator sees it.
//
// Nodes are numbered in document order: an element, its namespaces, its
// attributes, its children.  So comparing two nodes is comparing two numbers.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/xpath/expression.h"
#include "forms/xpath/tree.h"

namespace doorstep::conformance {

class XmlDocument final : public xpath::Tree {
public:
    // Loads nothing from anywhere; nothing for text that is not well-formed.
    static std::unique_ptr<XmlDocument> parse(const std::string& text);

    xpath::NodeKind kind(xpath::Node node) const override;
    xpath::Name name(xpath::Node node) const override;
    std::optional<xpath::Node> parent(xpath::Node node) const override;
    std::optional<xpath::Node> first_child(xpath::Node node) const override;
    std::optional<xpath::Node> next_sibling(xpath::Node node) const override;
    std::optional<xpath::Node> previous_sibling(xpath::Node node) const override;
    std::vector<xpath::Node> attributes(xpath::Node node) const override;
    std::vector<xpath::Node> namespaces(xpath::Node node) const override;
    std::string text(xpath::Node node) const override;
    int compare(xpath::Node left, xpath::Node right) const override;
    xpath::Node root(xpath::Node context) const override;
    std::optional<xpath::Node> instance(std::string_view id) const override;

    // "/*[1]/*[2]/text()[1]", "/*[1]/@*[name()='id']", "/".
    std::optional<xpath::Node> at(std::string_view positional) const;
    std::string positional(xpath::Node node) const;

    void set_root(xpath::Node root) { root_ = root; }
    // Every prefix that the document declares; the outermost declaration counts.
    xpath::Namespaces declared() const;

private:
    struct Entry {
        xpath::NodeKind kind = xpath::NodeKind::element;
        const xmlNode* xml = nullptr;        // the node, or the element of an attribute or namespace
        const xmlAttr* attribute = nullptr;  // for attributes
        const xmlNs* name_space = nullptr;   // for namespaces
        std::uint64_t parent = 0;            // itself for the document
        std::optional<std::uint64_t> first_child;
        std::optional<std::uint64_t> next;
        std::optional<std::uint64_t> previous;
        std::vector<std::uint64_t> attributes;
        std::vector<std::uint64_t> namespaces;
    };

    explicit XmlDocument(xmlDocPtr document) : document_(document, xmlFreeDoc) {}
    std::uint64_t add(Entry entry);
    void number(const xmlNode* first, std::uint64_t parent, std::vector<const xmlNs*> scope);
    std::optional<xpath::Node> step(xpath::Node from, std::string_view part) const;
    const Entry& entry(xpath::Node node) const { return entries_[node.index]; }

    std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document_;
    std::vector<Entry> entries_;
    xpath::Node root_;
};

}  // namespace doorstep::conformance
