// What is wrong with an answer, and how it is said.
#include "forms/session/state.h"

namespace doorstep {

bool is_of_rule(const SessionState& state, std::uint32_t vertex) {
    return vertex < state.graph->vertices.size() && state.graph->vertices[vertex].rule != nowhere;
}

Violation violation_of(const SessionState& state, NodeId node) {
    const InstanceNode& one = state.instance[node];
    if (!one.relevant)
        return Violation::none;
    for (auto at = state.errors.lower_bound({node, 0}); at != state.errors.end() && at->first.first == node;
         ++at)
        if (!is_of_rule(state, at->first.second))
            return Violation::cannot_compute;
    const Template& form = state.instance.form_of(node);
    if (!form.leaf() || one.is_whole)
        return Violation::none;
    if (one.kind == AnswerKind::given) {
        if (!one.type_fits)
            return has_fixed_list(*state.content, form) ? Violation::not_in_list : Violation::type;
        if (!one.in_list)
            return Violation::not_in_list;
        if (!one.constraint_holds)
            return Violation::constraint;
    }
    return one.required && one.kind == AnswerKind::blank ? Violation::required : Violation::none;
}

std::string violation_text(const SessionState& state, NodeId node) {
    const Bind& bind = state.instance.form_of(node).bind;
    switch (state.instance[node].violation) {
    case Violation::none:
        return {};
    case Violation::required:
        return spoken(state, bind.required_message, node, state.language);
    case Violation::constraint:
        return spoken(state, bind.constraint_message, node, state.language);
    case Violation::type:
    case Violation::not_in_list:
        return {};
    case Violation::cannot_compute:
        return state.errors.lower_bound({node, 0})->second;
    }
    return {};
}

}  // namespace doorstep
