// A small document written as nested C++, and a way to ask it things.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/xpath/expression.h"

namespace doorstep::xpath {

struct Branch {
    std::string name;
    std::string text;
    std::vector<Branch> children = {};
    std::vector<std::pair<std::string, std::string>> attributes = {};
    bool repeat = false;
};

// Document 0 is the primary instance; each further one is named.
class PlantedTree final : public Tree {
public:
    explicit PlantedTree(const Branch& primary);
    void add_instance(const std::string& id, const Branch& root);
    void set_indexed(bool indexed) { indexed_ = indexed; }

    NodeKind kind(Node node) const override;
    Name name(Node node) const override;
    std::optional<Node> parent(Node node) const override;
    std::optional<Node> first_child(Node node) const override;
    std::optional<Node> next_sibling(Node node) const override;
    std::optional<Node> previous_sibling(Node node) const override;
    std::vector<Node> attributes(Node node) const override;
    std::string text(Node node) const override;
    int compare(Node left, Node right) const override;
    Node root(Node context) const override;
    std::optional<Node> instance(std::string_view id) const override;
    bool is_repeat(Node node) const override;
    std::optional<std::vector<Node>> look_up(Node parent, std::string_view element, std::string_view column,
                                             std::string_view value) const override;

private:
    struct Entry {
        NodeKind kind = NodeKind::element;
        std::string name;
        std::string text;
        std::uint64_t parent = 0;
        std::vector<std::uint64_t> children;
        std::vector<std::uint64_t> attributes;
        bool repeat = false;
        std::size_t place = 0;  // among its siblings
    };
    using Entries = std::vector<Entry>;

    void plant(const Branch& root);
    static std::uint64_t grow(Entries& entries, const Branch& branch, std::uint64_t parent);
    const Entry& at(Node node) const { return documents_[node.document][node.index]; }
    std::optional<Node> sibling(Node node, bool forward) const;

    std::vector<Entries> documents_;
    std::map<std::string, std::uint32_t, std::less<>> instances_;
    bool indexed_ = false;
};

// A tree with a clock, chance and a context node.
class Asking {
public:
    explicit Asking(const Branch& primary) : tree(primary), at{tree, tree.root({})} {
        at.now_ms = 1'700'000'000'000;  // 2023-11-14T22:13:20Z
        at.random = &random;
        at.cost = &cost;
    }

    PlantedTree tree;
    SeededRandom random{7};
    Evaluation::Cost cost;
    Evaluation at;

    // Moves the context to the first node of a path.
    Asking& from(std::string_view path);
    Result<Value> value(std::string_view expression) const;
    std::string text(std::string_view expression) const;  // "error: ..." for an error
    double number(std::string_view expression) const;
    bool truth(std::string_view expression) const;
    bool fails(std::string_view expression) const { return !value(expression).ok(); }
    // The texts of a node-set, joined by "|".
    std::string nodes(std::string_view expression) const;

private:
    Coercions coercions() const { return {tree, {at.utc_offset_minutes, at.clock}, !at.pure_xpath_1}; }
};

// REQUIRES: text that can be parsed.
Expression parsed(std::string_view text);
// REQUIRES: text that cannot.
SyntaxError refused(std::string_view text);

}  // namespace doorstep::xpath
