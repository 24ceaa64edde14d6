// Choice lists, filtered where they stand.
#include <algorithm>

#include "forms/session/state.h"
#include "forms/session/tree.h"

namespace doorstep {
namespace {

// Randomised choices keep their order while the questionnaire is open.
std::uint64_t dice_of(const SessionState& state, NodeId node) {
    return state.begun.random_seed ^ (state.instance[node].birth * 0x9e3779b97f4a7c15u);
}

Result<xpath::NodeSet> items_of(const SessionState& state, NodeId node, const Itemset& itemset,
                                const std::string& language) {
    TRY(xpath::Value value, evaluate(state, itemset.nodes, tree_node(node), dice_of(state, node), language));
    if (auto* set = std::get_if<xpath::NodeSet>(&value))
        return std::move(*set);
    return Error{Fault::bad_input, "The choice list is a value, not nodes.", ""};
}

Result<std::vector<Choice>> from_itemset(const SessionState& state, NodeId node, const Itemset& itemset,
                                         const std::string& language, bool with_labels) {
    const std::uint64_t dice = dice_of(state, node);
    TRY(const xpath::NodeSet set, items_of(state, node, itemset, language));
    std::vector<Choice> choices;
    choices.reserve(set.nodes.size());
    for (const xpath::Node item : set.nodes) {
        TRY(std::string code, evaluate_text(state, itemset.value, item, dice, language));

        std::string label;
        if (with_labels && itemset.label) {
            TRY(label, evaluate_text(state, *itemset.label, item, dice, language));
        }
        choices.push_back({std::move(code), std::move(label)});
    }
    return choices;
}

}  // namespace

Result<std::vector<Choice>> choices_of(const SessionState& state, NodeId node, const std::string& language,
                                       bool with_labels) {
    const Template& form = state.instance.form_of(node);
    if (form.control == nowhere)
        return std::vector<Choice>{};
    const Control& control = state.content->controls[form.control];
    if (control.itemset)
        return from_itemset(state, node, *control.itemset, language, with_labels);
    std::vector<Choice> choices;
    choices.reserve(control.items.size());
    for (const Item& item : control.items)
        choices.push_back(
            {item.value, with_labels ? spoken(state, item.label, node, language) : std::string()});
    return choices;
}

namespace {

// The item of one value, by the index of its list; nothing when there is no index for it,
// or when its values are more than a column.
std::optional<bool> offers(const SessionTree& tree, const Itemset& itemset, const xpath::NodeSet& items,
                           std::string_view value) {
    const std::string_view column = itemset.value.expression.child_name();
    if (column.empty() || items.nodes.empty() || items.nodes.front().document == 0)
        return std::nullopt;
    const auto elsewhere = [&](xpath::Node item) { return item.document != items.nodes.front().document; };
    if (std::any_of(items.nodes.begin(), items.nodes.end(), elsewhere))
        return std::nullopt;
    const auto list = tree.parent(items.nodes.front());
    const auto rows =
        list ? tree.look_up(*list, tree.name(items.nodes.front()).local, column, value) : std::nullopt;
    if (!rows)
        return std::nullopt;
    return std::any_of(rows->begin(), rows->end(), [&](xpath::Node row) {
        return items.ordered ? std::binary_search(items.nodes.begin(), items.nodes.end(), row)
                             : std::find(items.nodes.begin(), items.nodes.end(), row) != items.nodes.end();
    });
}

}  // namespace

Result<bool> are_choices(const SessionState& state, NodeId node,
                         const std::vector<std::string_view>& values) {
    const Control& control = state.content->controls[state.instance.form_of(node).control];
    if (control.itemset) {
        TRY(const xpath::NodeSet items, items_of(state, node, *control.itemset, state.language));
        bool all = true;
        bool known = true;
        for (const std::string_view value : values) {
            const auto one = offers(SessionTree(state), *control.itemset, items, value);
            known = known && one.has_value();
            all = all && one.value_or(true);
        }
        if (known)
            return all;
    }
    TRY(const auto choices, choices_of(state, node, state.language, false));
    return std::all_of(values.begin(), values.end(), [&](std::string_view value) {
        return std::any_of(choices.begin(), choices.end(),
                           [&](const Choice& choice) { return choice.value == value; });
    });
}

std::string chosen_labels(const SessionState& state, NodeId node, const std::string& language) {
    const InstanceNode& one = state.instance[node];
    const Template& form = state.instance.form_of(node);
    if (one.kind != AnswerKind::given || form.control == nowhere)
        return {};
    const Control& control = state.content->controls[form.control];
    if (control.items.empty() && !control.itemset)
        return {};
    const auto choices = choices_of(state, node, language, true);
    if (!choices)
        return {};
    std::string labels;
    for (const std::string_view value : chosen_values(one.text)) {
        const auto at = std::find_if(choices->begin(), choices->end(),
                                     [&](const Choice& choice) { return choice.value == value; });
        labels += labels.empty() ? "" : ", ";
        // What is no choice any more is still what was said.
        labels += at == choices->end() || at->label.empty() ? std::string(value) : at->label;
    }
    return labels;
}

}  // namespace doorstep
