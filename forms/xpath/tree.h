// How the evaluator sees documents: numbered nodes behind a small read-only
// interface, so that a questionnaire being filled, a CSV list in columns and an
// XML document all look alike and none of them is a DOM.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep::xpath {

// One node of a Tree.  `document` 0 is the primary instance; the others are
// secondary instances.  `index` means whatever the tree wants it to mean.
struct Node {
    std::uint32_t document = 0;
    std::uint64_t index = 0;
    auto operator<=>(const Node&) const = default;
};

enum class NodeKind : std::uint8_t { document, element, attribute, text, comment, instruction, name_space };

struct Name {
    std::string_view name_space;  // the namespace's URI; empty for none
    std::string_view local;
    std::string_view prefix;  // as written, only for name()
};

// Numbers from `least` to `most`; an end is left out when it is not `closed`.
struct NumberRange {
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    bool least_closed = true, most_closed = true;
};

// Must outlive every evaluation over it.  Not thread-safe.
class Tree {
public:
    virtual ~Tree() = default;

    virtual NodeKind kind(Node node) const = 0;
    virtual Name name(Node node) const = 0;
    virtual std::optional<Node> parent(Node node) const = 0;
    virtual std::optional<Node> first_child(Node node) const = 0;
    virtual std::optional<Node> next_sibling(Node node) const = 0;
    virtual std::optional<Node> previous_sibling(Node node) const = 0;
    virtual std::vector<Node> attributes(Node node) const = 0;
    // The namespace:: axis; forms have no use for it.
    virtual std::vector<Node> namespaces(Node node) const {
        (void)node;
        return {};
    }
    // The string-value.  A node that is not relevant reads as blank.
    virtual std::string text(Node node) const = 0;
    // Document order: negative, 0 or positive, within one document.
    virtual int compare(Node left, Node right) const = 0;

    // Where an absolute path starts: the parent of the root element.
    virtual Node root(Node context) const = 0;
    // What instance('id') returns: the parent of the secondary instance's root
    // element, as in instance('id')/root/item; or nothing when there is no such
    // instance.
    virtual std::optional<Node> instance(std::string_view id) const = 0;

    // Whether the node is one instance of a repeat.  An absolute path is re-based
    // on those that its context stands in: /data/person/age, asked inside the
    // second person, is her age and nobody else's.
    virtual bool is_repeat(Node node) const {
        (void)node;
        return false;
    }

    // Where an element stands among its siblings of the same name, from 1; nothing when the
    // tree does not count them.
    virtual std::optional<std::size_t> position(Node node) const {
        (void)node;
        return std::nullopt;
    }
    // Adds the child elements of that name, in document order; false, and nothing added,
    // when the tree knows no shorter way than to look at every child.
    virtual bool named_children(Node parent, std::string_view name_space, std::string_view local,
                                std::vector<Node>& into) const {
        (void)parent, (void)name_space, (void)local, (void)into;
        return false;
    }

    // Children of `parent` named `element` whose child `column` has the text
    // `value`, in document order, by an index; nothing when the tree has no index
    // for that shape, and the evaluator then walks.
    virtual std::optional<std::vector<Node>> look_up(Node parent, std::string_view element,
                                                     std::string_view column, std::string_view value) const {
        (void)parent, (void)element, (void)column, (void)value;
        return std::nullopt;
    }
    // The same for a column whose text is a number within the range.
    virtual std::optional<std::vector<Node>> look_up_numbers(Node parent, std::string_view element,
                                                             std::string_view column,
                                                             const NumberRange& range) const {
        (void)parent, (void)element, (void)column, (void)range;
        return std::nullopt;
    }
};

}  // namespace doorstep::xpath
