// The answers: nodes in one flat arena, made after the templates of the form.
//
// Siblings of one template stand together as a run, in the order of their making,
// so that adding or removing a repeat costs the size of that repeat.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/definition/content.h"
#include "forms/session/session.h"

namespace doorstep {

using NodeId = std::uint32_t;

// Which vertices of one node wait or ran in a pass of settling: a bit for each property,
// void as soon as another pass begins.
struct Marks {
    std::uint32_t pass = 0;
    std::uint16_t marked = 0, ran = 0;

    void begin(std::uint32_t now) {
        if (pass != now)
            *this = {now, 0, 0};
    }
};

struct InstanceNode {
    // Children of one template; `whole` is the repeat itself, whether it has instances or
    // not: what its count and its relevance are found at, outside the document.
    struct Run {
        NodeId first = nowhere, last = nowhere, whole = nowhere;
        std::uint32_t size = 0;
        mutable bool numbered = true;  // whether all know their positions
    };

    TemplateId of = nowhere;
    std::uint32_t generation = 0;
    NodeId parent = nowhere, previous = nowhere, next = nowhere, first_child = nowhere, last_child = nowhere;
    mutable std::uint32_t position = 1;  // among its run; see numbered
    std::uint64_t birth = 0;             // later made, greater; also the order of settling
    std::vector<Run> runs;               // by slot of the child template
    std::string text;
    AnswerKind kind = AnswerKind::blank;
    bool alive = false;
    bool is_whole = false;
    bool shown_itself = true, relevant = true;  // its own expression; with its ancestors'
    bool closed_itself = false, readonly = false;
    bool required = false;
    bool type_fits = true, in_list = true, constraint_holds = true;
    bool counted = false;     // a whole that once knew a number
    bool overridden = false;  // answered since it was last calculated
    Violation violation = Violation::none;
    Marks marks;

    // What the form reads and submits: not a text that is no value of its type.
    bool has_value() const { return kind == AnswerKind::given && type_fits; }
};

class Instance {
public:
    static constexpr std::size_t node_limit = 250'000;

    Instance(const FormContent& content, const Seed& beginning);

    // A subtree at the end of its run; blank `parent` for the root.
    NodeId make(const Seed& seed, NodeId parent);
    void remove(NodeId node);

    InstanceNode& operator[](NodeId node) { return nodes_[node]; }
    const InstanceNode& operator[](NodeId node) const { return nodes_[node]; }
    const Template& form_of(NodeId node) const { return content_->at(nodes_[node].of); }
    std::size_t size() const { return nodes_.size(); }
    std::size_t alive() const { return alive_; }
    NodeId root() const { return root_; }

    NodeRef ref(NodeId node) const { return {node, nodes_[node].generation}; }
    std::optional<NodeId> id(NodeRef node) const;

    // REQUIRES: the node stands at or below a node of that template.
    NodeId ancestor(NodeId node, TemplateId of) const;
    // Every node of `of` at or below `top`; wholes instead of instances when asked.
    void each(NodeId top, TemplateId of, bool wholes, const std::function<void(NodeId)>& visit) const;
    const InstanceNode::Run& run(NodeId parent, TemplateId of) const;
    // The next instance in the same run, or nowhere.
    NodeId next_same(NodeId node) const;
    std::uint32_t position(NodeId node) const;  // among its run, from 1
    int compare(NodeId left, NodeId right) const;
    std::size_t seed_size(const Seed& seed) const;

    std::string path(NodeId node) const;
    // "/data/people[2]/age"; without an index the first instance.
    std::optional<NodeId> find(std::string_view path) const;
    // The node of `of` that is nearest to `from`: inside the same repeats.
    std::optional<NodeId> nearest(TemplateId of, NodeId from) const;

private:
    NodeId allocate(TemplateId of, NodeId parent);
    void link(NodeId node);
    void unlink(NodeId node);
    void release(NodeId node);
    std::uint32_t depth(NodeId node) const;

    const FormContent* content_;
    std::vector<InstanceNode> nodes_;
    std::vector<NodeId> free_;
    std::size_t alive_ = 0;
    std::uint64_t births_ = 0;
    NodeId root_ = 0;
};

}  // namespace doorstep
