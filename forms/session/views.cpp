// What screens and casework read of a session.
#include "forms/session/state.h"

namespace doorstep {

void each_element(const SessionState& state, NodeId node, const std::function<void(NodeId)>& visit) {
    if (state.instance.form_of(node).attribute)
        return;
    visit(node);
    for (NodeId child = state.instance[node].first_child; child != nowhere;
         child = state.instance[child].next)
        each_element(state, child, visit);
}

QuestionView view_of(const SessionState& state, NodeId node) {
    const InstanceNode& one = state.instance[node];
    const Template& form = state.instance.form_of(node);
    QuestionView view;
    view.node = state.instance.ref(node);
    view.path = state.instance.path(node);
    view.name = form.name;
    view.type = type_of(*state.content, form);
    if (form.control != nowhere) {
        const Control& control = state.content->controls[form.control];
        view.label = spoken(state, control.label, node, state.language);
        view.hint = spoken(state, control.hint, node, state.language);
        view.appearance = control.appearance;
    }
    view.answer = {one.kind, one.text};
    view.relevant = one.relevant;
    view.required = one.required;
    view.readonly = one.readonly;
    view.sensitivity = form.bind.sensitivity;
    view.violation = one.violation;
    view.violation_text = violation_text(state, node);
    return view;
}

Result<RepeatView> repeat_view_of(const SessionState& state, std::string_view path) {
    TRY(const NodeId whole, whole_of(state, path));
    const InstanceNode& one = state.instance[whole];
    const Template& form = state.instance.form_of(whole);
    RepeatView view;
    view.path = state.instance.path(whole);
    view.size = state.instance.run(one.parent, one.of).size;
    view.relevant = one.relevant;
    view.readonly = one.readonly;
    if (form.control != nowhere) {
        const Control& control = state.content->controls[form.control];
        view.label = spoken(state, control.label, whole, state.language);
        view.grows = !control.count && !control.no_add_remove;
    }
    return view;
}

namespace {

bool answers_something(const SessionState& state, NodeId node) {
    return state.instance[node].relevant && state.instance[node].kind != AnswerKind::blank;
}

std::vector<NodeRef> causes_of(const SessionState& state, const RuleGraph& rule) {
    std::vector<NodeRef> causes;
    for (const TemplateId place : rule.causes)
        state.instance.each(state.instance.root(), place, false, [&](NodeId node) {
            if (answers_something(state, node))
                causes.push_back(state.instance.ref(node));
        });
    return causes;
}

}  // namespace

std::vector<Suggestion> suggestions_of(const SessionState& state, bool with_restricted) {
    std::vector<Suggestion> all;
    for (std::size_t i = 0; i < state.rules.size(); ++i) {
        const RuleState& now = state.rules[i];
        const Rule& rule = state.content->rules[i];
        const RuleGraph& graph = state.graph->rules[i];
        if (!now.suggested() || (graph.restricted && !with_restricted))
            continue;
        Suggestion one;
        one.id = rule.id;
        one.kind = rule.referral ? SuggestionKind::referral : SuggestionKind::offer;
        one.code = rule.code;
        one.reason = now.reason;
        one.quantity = now.quantity;
        one.shares = rule.shares;
        one.consent = rule.consent;
        one.urgency = rule.urgency;
        one.service = rule.service;
        one.causes = causes_of(state, graph);
        one.restricted = graph.restricted;
        all.push_back(std::move(one));
    }
    return all;
}

namespace {

// Of the expression that cannot be computed; an action has no vertex of its own.
std::string property_at_fault(const SessionState& state, NodeId node) {
    switch (state.instance[node].violation) {
    case Violation::required:
        return "required";
    case Violation::constraint:
        return "constraint";
    case Violation::cannot_compute:
        break;
    default:
        return "type";
    }
    for (auto at = state.errors.lower_bound({node, 0}); at != state.errors.end() && at->first.first == node;
         ++at)
        if (!is_of_rule(state, at->first.second))
            return at->first.second < state.graph->vertices.size()
                       ? property_name(state.graph->vertices[at->first.second].property)
                       : "default";
    return "type";
}

}  // namespace

std::vector<Blocked> blocked_of(const SessionState& state) {
    std::vector<Blocked> all;
    const auto add = [&](NodeId node) {
        const InstanceNode& one = state.instance[node];
        // What no screen asks can only stand in the way by not being computable.
        const bool asked = state.instance.form_of(node).control != nowhere;
        if (one.violation != Violation::none && (asked || one.violation == Violation::cannot_compute))
            all.push_back({state.instance.ref(node), state.instance.path(node), one.violation,
                           violation_text(state, node), property_at_fault(state, node)});
    };
    const std::function<void(NodeId)> walk = [&](NodeId node) {
        add(node);
        for (const auto& run : state.instance[node].runs)
            if (run.whole != nowhere && state.instance[node].relevant)
                add(run.whole);
        for (NodeId child = state.instance[node].first_child; child != nowhere;
             child = state.instance[child].next)
            walk(child);
    };
    walk(state.instance.root());
    const NodeId root = state.instance.root();
    for (const auto& [where, what] : state.errors) {
        if (!is_of_rule(state, where.second))
            continue;
        const Vertex& vertex = state.graph->vertices[where.second];
        all.push_back({state.instance.ref(root),
                       state.content->rules[vertex.rule].place() + "#" + property_name(vertex.property),
                       Violation::cannot_compute, what, property_name(vertex.property)});
    }
    return all;
}

std::vector<AnsweredQuestion> answered_in(const SessionState& state, const std::string& language) {
    std::vector<AnsweredQuestion> all;
    each_element(state, state.instance.root(), [&](NodeId node) {
        const Template& form = state.instance.form_of(node);
        if (!form.leaf() || !answers_something(state, node) ||
            form.bind.sensitivity == Sensitivity::restricted)
            return;
        AnsweredQuestion one;
        one.path = state.instance.path(node);
        one.name = form.name;
        one.answer = {state.instance[node].kind, state.instance[node].text};
        one.label = chosen_labels(state, node, language);
        one.sensitivity = form.bind.sensitivity;
        one.asked_of_resident = form.control != nowhere && !form.bind.calculate &&
                                type_of(*state.content, form) != QuestionType::note &&
                                !state.instance[node].readonly;
        all.push_back(std::move(one));
    });
    return all;
}

}  // namespace doorstep
