// What each vertex computes, and what follows at once.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "forms/session/state.h"
#include "forms/session/tree.h"

namespace doorstep {
namespace {

std::uint64_t dice_of(const SessionState& state, std::uint32_t vertex, NodeId node) {
    return state.now.seed ^ (std::uint64_t{vertex} * 0xff51afd7ed558ccdu) ^
           (state.instance[node].birth * 0xc4ceb9fe1a85ec53u);
}

void keep_error(SessionState& state, std::uint32_t vertex, NodeId node, const Error& error) {
    state.errors[{node, vertex}] = error.what;
    state.touched.insert(node);
}

void clear_error(SessionState& state, std::uint32_t vertex, NodeId node) {
    if (state.errors.erase({node, vertex}) > 0)
        state.touched.insert(node);
}

// The truth of a formula; `otherwise` and a kept error when it cannot be computed.
bool truth(SessionState& state, std::uint32_t vertex, NodeId node, const Formula& formula, bool otherwise) {
    const auto value = evaluate_boolean(state, formula, node, dice_of(state, vertex, node));
    if (!value) {
        keep_error(state, vertex, node, value.error());
        return otherwise;
    }
    clear_error(state, vertex, node);
    return *value;
}

void came_to_light(SessionState& state, NodeId node) {
    for (const auto& run : state.instance[node].runs)
        if (run.whole != nowhere)
            if (const auto count = state.graph->vertex(state.instance[run.whole].of, Property::count);
                count != nowhere)
                mark(state, count, run.whole);
    const std::uint32_t calculation = state.graph->vertex(state.instance[node].of, Property::calculate);
    if (calculation != nowhere && state.graph->vertices[calculation].when_shown)
        mark(state, calculation, node);
}

void spread_relevance(SessionState& state, NodeId node) {
    InstanceNode& one = state.instance[node];
    const bool shown = one.shown_itself && (one.parent == nowhere || state.instance[one.parent].relevant);
    if (shown == one.relevant)
        return;
    one.relevant = shown;
    state.touched.insert(node);
    state.publish(ChangeKind::relevance, node);
    if (one.has_value())
        value_changed(state, node);
    if (shown)
        came_to_light(state, node);
    for (const auto& run : one.runs)
        if (run.whole != nowhere)
            spread_relevance(state, run.whole);
    for (NodeId child = one.first_child; child != nowhere; child = state.instance[child].next)
        spread_relevance(state, child);
}

void spread_readonly(SessionState& state, NodeId node) {
    InstanceNode& one = state.instance[node];
    const bool closed = one.closed_itself || (one.parent != nowhere && state.instance[one.parent].readonly);
    if (closed == one.readonly)
        return;
    one.readonly = closed;
    state.publish(ChangeKind::readonly, node);
    for (const auto& run : one.runs)
        if (run.whole != nowhere)
            spread_readonly(state, run.whole);
    for (NodeId child = one.first_child; child != nowhere; child = state.instance[child].next)
        spread_readonly(state, child);
}

Result<std::string> calculated_text(const SessionState& state, std::uint32_t vertex, NodeId node) {
    const Bind& bind = state.instance.form_of(node).bind;
    TRY(const xpath::Value value,
        evaluate(state, *bind.calculate, tree_node(node), dice_of(state, vertex, node), state.language));
    return kept_text(bind, value, SessionTree(state), state.now.utc_offset_minutes);
}

void calculate(SessionState& state, std::uint32_t vertex, NodeId node) {
    InstanceNode& one = state.instance[node];
    if (state.graph->vertices[vertex].when_shown && !one.relevant)
        return;
    // Words that an expression asks for by their id are those of the moment it was computed.
    const Formula& formula = *state.instance.form_of(node).bind.calculate;
    if (state.from_scratch && (formula.by_clock_or_chance || formula.calls("jr:itext")))
        return;
    // What an officer wrote over it stands until something it reads changes.
    if (state.from_scratch && one.overridden)
        return;
    auto text = calculated_text(state, vertex, node);
    if (!text) {
        keep_error(state, vertex, node, text.error());
        return;
    }
    clear_error(state, vertex, node);
    one.overridden = false;
    const AnswerKind kind = text->empty() ? AnswerKind::blank : AnswerKind::given;
    if (set_text(state, node, kind, std::move(*text)))
        question_changed(state, node);
}

bool all_in_list(SessionState& state, std::uint32_t vertex, NodeId node) {
    const Template& form = state.instance.form_of(node);
    if (form.control == nowhere)
        return true;
    const Control& control = state.content->controls[form.control];
    // A list that is written in the form is a matter of type.
    if (!control.itemset)
        return true;
    const auto values = control.kind == ControlKind::select_one
                            ? std::vector<std::string_view>{state.instance[node].text}
                            : chosen_values(state.instance[node].text);
    const auto all = are_choices(state, node, values);
    if (!all) {
        keep_error(state, vertex, node, all.error());
        return true;
    }
    return *all;
}

void check(SessionState& state, std::uint32_t vertex, NodeId node) {
    InstanceNode& one = state.instance[node];
    state.touched.insert(node);
    clear_error(state, vertex, node);
    one.in_list = one.constraint_holds = true;
    // A blank answer breaks no constraint.
    if (!one.has_value())
        return;
    one.in_list = all_in_list(state, vertex, node);
    if (const auto& constraint = state.instance.form_of(node).bind.constraint) {
        const auto holds = evaluate_boolean(state, *constraint, node, dice_of(state, vertex, node));
        if (holds)
            one.constraint_holds = *holds;
        else
            keep_error(state, vertex, node, holds.error());
    }
}

Error too_many(double wanted, std::uint32_t most, bool full) {
    const auto asked = xpath::number_text(wanted);
    if (full)
        return {Fault::refused,
                fmt::format("{} are asked for, and there is room for {}: a questionnaire holds {} answers.",
                            asked, most, Instance::node_limit),
                ""};
    return {Fault::refused, fmt::format("{} are asked for, and {} are the most.", asked, most), ""};
}

void count(SessionState& state, std::uint32_t vertex, NodeId whole) {
    const TemplateId repeat = state.instance[whole].of;
    const NodeId parent = state.instance[whole].parent;
    // What stands in a hidden group returns as it was.
    if (!state.instance[parent].relevant)
        return;
    const Control& control = state.content->controls[state.content->at(repeat).control];
    const auto value =
        evaluate(state, *control.count, tree_node(whole), dice_of(state, vertex, whole), state.language);
    if (!value) {
        keep_error(state, vertex, whole, value.error());
        return;
    }
    clear_error(state, vertex, whole);
    const double asked = xpath::to_number(*value, SessionTree(state));
    // No longer known: what is there stays.
    if (std::isnan(asked) && state.instance[whole].counted)
        return;
    state.instance[whole].counted = !std::isnan(asked);
    const std::size_t each = state.instance.seed_size(state.content->new_instance.at(repeat));
    const std::size_t room =
        (Instance::node_limit - std::min(Instance::node_limit, state.instance.alive())) / each;
    const std::uint32_t have = state.instance.run(parent, repeat).size;
    const auto most =
        static_cast<std::uint32_t>(std::min<std::size_t>(SessionState::instance_limit, have + room));

    const double wanted = asked >= 1 ? std::floor(asked) : 0;
    if (wanted > most)
        keep_error(state, vertex, whole, too_many(wanted, most, have + room < SessionState::instance_limit));
    const auto target = wanted > most ? most : static_cast<std::uint32_t>(wanted);
    for (std::uint32_t now = have; now < target; ++now)
        new_instance_made(state, add_instance(state, repeat, parent));
    for (std::uint32_t now = have; now > target; --now)
        remove_instance(state, state.instance.run(parent, repeat).last);
}

void run_rule(SessionState& state, std::uint32_t vertex, const Vertex& one) {
    const NodeId root = state.instance.root();
    const Rule& rule = state.content->rules[one.rule];
    const RuleGraph& graph = state.graph->rules[one.rule];
    RuleState& now = state.rules[one.rule];
    if (one.property == Property::when) {
        const bool before = now.when;
        now.when = truth(state, vertex, root, rule.when, false);
        if (now.when != before) {
            mark(state, graph.reason, root);
            if (graph.quantity != nowhere)
                mark(state, graph.quantity, root);
        }
    } else if (!now.when) {
        // Nobody sees it; it is computed when the rule comes true.
        now.reason.clear();
        now.quantity = 1;
        clear_error(state, vertex, root);
    } else if (one.property == Property::reason) {
        now.reason = spoken(state, rule.reason, root, state.language);
    } else {
        constexpr double most = 1e9;
        const auto value =
            evaluate(state, *rule.quantity, tree_node(root), dice_of(state, vertex, root), state.language);
        if (value)
            clear_error(state, vertex, root);
        else
            keep_error(state, vertex, root, value.error());
        // A blank in the sum: one is offered, and the officer says how many.
        const double amount = value ? xpath::to_number(*value, SessionTree(state)) : std::nan("");
        now.quantity =
            std::isnan(amount) ? 1 : static_cast<std::int64_t>(std::floor(std::clamp(amount, 0.0, most)));
    }
}

}  // namespace

bool set_text(SessionState& state, NodeId node, AnswerKind kind, std::string text) {
    InstanceNode& one = state.instance[node];
    if (one.kind == kind && one.text == text)
        return false;
    // Both read as blank: nothing that reads it can tell.
    bool heard = one.has_value();
    one.kind = kind;
    one.text = std::move(text);
    one.type_fits =
        kind != AnswerKind::given || fits_type(*state.content, state.instance.form_of(node), one.text);
    heard |= one.has_value();
    state.touched.insert(node);
    state.publish(ChangeKind::value, node);
    if (heard)
        value_changed(state, node);
    return true;
}

void run_vertex(SessionState& state, std::uint32_t vertex, NodeId node) {
    const Vertex& one = state.graph->vertices[vertex];
    InstanceNode& at = state.instance[node];
    const Bind& bind = state.instance.form_of(node).bind;
    switch (one.property) {
    case Property::relevant:
        at.shown_itself = truth(state, vertex, node, *bind.relevant, true);
        spread_relevance(state, node);
        break;
    case Property::calculate:
        calculate(state, vertex, node);
        break;
    case Property::readonly:
        at.closed_itself = truth(state, vertex, node, *bind.readonly, false);
        spread_readonly(state, node);
        break;
    case Property::required: {
        const bool before = at.required;
        at.required = truth(state, vertex, node, *bind.required, false);
        if (at.required != before) {
            state.touched.insert(node);
            state.publish(ChangeKind::required, node);
        }
        break;
    }
    case Property::validity:
        check(state, vertex, node);
        break;
    case Property::count:
        count(state, vertex, node);
        break;
    case Property::when:
    case Property::reason:
    case Property::quantity:
        run_rule(state, vertex, one);
        break;
    case Property::label:
    case Property::choices:
        break;
    }
}

}  // namespace doorstep
