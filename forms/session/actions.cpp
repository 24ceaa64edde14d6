// What the form itself sets: preloads, and setvalue on its events.
#include <algorithm>

#include "forms/base/calendar.h"
#include "forms/base/uuid.h"
#include "forms/session/state.h"
#include "forms/session/tree.h"

namespace doorstep {
namespace {

constexpr std::size_t date_length = 10;  // 2013-06-08

std::string preload_text(const SessionState& state, const Bind& bind) {
    const Moment& now = state.now;
    const std::string& what = bind.preload_parameter;
    if (bind.preload == "timestamp" && what == "start")
        return instant_text(now.at_ms, now.utc_offset_minutes);
    if (bind.preload == "date" && what == "today")
        return Day::at(now.at_ms, now.utc_offset_minutes).text();
    if (bind.preload == "property" && what == "deviceid")
        return state.circumstances.device;
    if (bind.preload == "property" && (what == "username" || what == "uuid"))
        return state.circumstances.officer;
    return {};
}

bool is_instance_id(const FormContent& content, const Template& form) {
    return form.name == "instanceID" && form.parent != nowhere && content.at(form.parent).name == "meta";
}

// An action has no vertex; its errors stand behind those of the vertices.
void keep_result(SessionState& state, NodeId node, std::uint32_t place, const Result<xpath::Value>& value) {
    if (!value)
        state.errors[{node, place}] = value.error().what;
    else
        state.errors.erase({node, place});
    state.touched.insert(node);
}

std::uint32_t number_of(const SessionState& state, const Action& action) {
    return static_cast<std::uint32_t>(&action - state.content->actions.data());
}

// The value is computed where it goes.
void set_value(SessionState& state, const Action& action, NodeId node, std::uint64_t dice) {
    if (!state.instance.form_of(node).leaf())
        return;
    const Template& form = state.instance.form_of(node);
    std::string text = tidied(*state.content, form, action.literal);
    if (action.value) {
        const auto value = evaluate(state, *action.value, tree_node(node), dice, state.language);
        const auto place =
            static_cast<std::uint32_t>(state.graph->vertices.size()) + number_of(state, action);
        keep_result(state, node, place, value);
        if (!value)
            return;
        text = kept_text(form.bind, *value, SessionTree(state), state.now.utc_offset_minutes);
    }
    state.instance[node].overridden = true;
    const AnswerKind kind = text.empty() ? AnswerKind::blank : AnswerKind::given;
    if (set_text(state, node, kind, std::move(text)))
        question_changed(state, node);
}

// Around a context: the nodes that the action names from there.
void run_action(SessionState& state, const Action& action, NodeId context) {
    const std::uint64_t dice = state.now.seed ^ (state.instance[context].birth * 0x9fb21c651e98df25u) ^
                               (std::uint64_t{number_of(state, action)} + 1);
    const auto targets = evaluate(state, *action.target_nodes, tree_node(context), dice, state.language);
    const auto* set = targets ? std::get_if<xpath::NodeSet>(&*targets) : nullptr;
    for (const xpath::Node target : set ? set->nodes : std::vector<xpath::Node>{})
        if (target.document == 0 && target.index != 0)
            set_value(state, action, static_cast<NodeId>(target.index - 1), dice);
}

void due(SessionState& state, std::uint32_t action, NodeId context) {
    const auto one = std::pair(action, context);
    if (!state.from_scratch && state.actions_done.insert(one).second)
        state.actions_due.push_back(one);
}

void due_below(SessionState& state, NodeId top, bool Action::*event) {
    const auto& actions = state.content->actions;
    for (std::uint32_t i = 0; i < actions.size(); ++i) {
        const TemplateId around = actions[i].around == nowhere ? 0 : actions[i].around;
        if (actions[i].*event && state.content->is_within(around, state.instance[top].of))
            state.instance.each(top, around, false, [&](NodeId context) { due(state, i, context); });
    }
}

}  // namespace

void fill_preloads(SessionState& state) {
    for (NodeId node = 0; node < state.instance.size(); ++node) {
        const Template& form = state.instance.form_of(node);
        if (!form.leaf())
            continue;
        std::string text = preload_text(state, form.bind);
        std::string& given = state.instance[node].text;
        if (form.bind.type == "date" && given.size() > date_length && given[date_length] == 'T')
            given.resize(date_length);
        const bool id = is_instance_id(*state.content, form) || form.bind.preload == "uid";
        if (id && !form.bind.calculate && state.instance[node].text.empty())
            text = state.made_instance_id;
        if (!text.empty()) {
            state.instance[node].text = std::move(text);
            state.instance[node].kind = AnswerKind::given;
        }
        state.instance[node].type_fits =
            state.instance[node].text.empty() || fits_type(*state.content, form, state.instance[node].text);
    }
}

void run_load(SessionState& state, bool first) {
    if (first)
        due_below(state, state.instance.root(), &Action::on_first_load);
    due_below(state, state.instance.root(), &Action::on_load);
}

void new_instance_made(SessionState& state, NodeId instance) {
    if (!state.content->actions.empty())
        due_below(state, instance, &Action::on_new_repeat);
}

void question_changed(SessionState& state, NodeId node) {
    const auto& actions = state.content->actions;
    for (std::uint32_t i = 0; i < actions.size(); ++i)
        if (actions[i].on_value_changed && actions[i].around == state.instance[node].of)
            due(state, i, node);
}

void settle_with_actions(SessionState& state) {
    settle(state);
    while (!state.actions_due.empty()) {
        const auto due_now = std::exchange(state.actions_due, {});
        for (const auto& [action, context] : due_now) {
            if (!state.instance[context].alive)
                continue;
            run_action(state, state.content->actions[action], context);
            settle(state);
        }
    }
}

}  // namespace doorstep
