// The answers and the lists as the expression language sees them.
#pragma once

#include "forms/session/state.h"
#include "forms/xpath/tree.h"

namespace doorstep {

// Document 0 are the answers: index 0 above the root, node + 1 otherwise.
// Documents from 1 are the secondary instances.
class SessionTree final : public xpath::Tree {
public:
    explicit SessionTree(const SessionState& state) : state_(state) {}

    xpath::NodeKind kind(xpath::Node node) const override;
    xpath::Name name(xpath::Node node) const override;
    std::optional<xpath::Node> parent(xpath::Node node) const override;
    std::optional<xpath::Node> first_child(xpath::Node node) const override;
    std::optional<xpath::Node> next_sibling(xpath::Node node) const override;
    std::optional<xpath::Node> previous_sibling(xpath::Node node) const override;
    std::vector<xpath::Node> attributes(xpath::Node node) const override;
    std::string text(xpath::Node node) const override;
    int compare(xpath::Node left, xpath::Node right) const override;
    xpath::Node root(xpath::Node context) const override;
    std::optional<xpath::Node> instance(std::string_view id) const override;
    bool is_repeat(xpath::Node node) const override;
    std::optional<std::size_t> position(xpath::Node node) const override;
    bool named_children(xpath::Node parent, std::string_view name_space, std::string_view local,
                        std::vector<xpath::Node>& into) const override;
    std::optional<std::vector<xpath::Node>> look_up(xpath::Node parent, std::string_view element,
                                                    std::string_view column,
                                                    std::string_view value) const override;
    std::optional<std::vector<xpath::Node>> look_up_numbers(xpath::Node parent, std::string_view element,
                                                            std::string_view column,
                                                            const xpath::NumberRange& range) const override;

private:
    const SecondaryInstance& list(xpath::Node node) const;
    std::optional<xpath::Node> element_from(NodeId node, NodeId InstanceNode::*step) const;
    void append_text(NodeId node, std::string& out) const;

    const SessionState& state_;
};

}  // namespace doorstep
