// Choice lists, filtered where they stand.
#include <algorithm>

#include "forms/session/state.h"
#include "forms/session/tree.h"

namespace doorstep {
namespace {

Result<std::vector<Choice>> from_itemset(const SessionState& state, NodeId node, const Itemset& itemset,
                                         const std::string& language, bool with_labels) {
    // Randomised choices keep their order while the questionnaire is open.
    const std::uint64_t dice = state.begun.random_seed ^ (state.instance[node].birth * 0x9e3779b97f4a7c15u);
    TRY(const xpath::Value value, evaluate(state, itemset.nodes, tree_node(node), dice, language));
    const auto* set = std::get_if<xpath::NodeSet>(&value);
    if (!set)
        return Error{Fault::bad_input, "The choice list is a value, not nodes.", ""};
    std::vector<Choice> choices;
    choices.reserve(set->nodes.size());
    for (const xpath::Node item : set->nodes) {
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
