// What an officer does: each event checks, commits and settles.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "forms/base/encoding.h"
#include "forms/session/state.h"

namespace doorstep {
namespace {

bool restricted(const SessionState& state, NodeId node) {
    return state.instance.form_of(node).bind.sensitivity == Sensitivity::restricted;
}

Result<void> may_answer(const SessionState& state, NodeId node, const Answer& answer) {
    const Template& form = state.instance.form_of(node);
    if (form.control == nowhere || !form.leaf())
        return Error{Fault::refused, fmt::format("{} is no question.", state.instance.path(node)), ""};
    if (state.instance[node].readonly)
        return Error{Fault::refused,
                     fmt::format("{} is only shown, not answered.", state.instance.path(node)), ""};
    if (answer.text.size() > SessionState::text_limit)
        return Error{Fault::bad_input,
                     fmt::format("An answer holds {} bytes; {} are the most.", answer.text.size(),
                                 SessionState::text_limit),
                     "Write it shorter."};
    if (answer.text.find('\0') != std::string::npos || !is_utf8(answer.text))
        return Error{Fault::bad_input, "An answer is no text in UTF-8.", ""};
    return {};
}

// Ranking puts all of the list into an order: each choice once.
Result<void> may_rank(const SessionState& state, NodeId node, const Answer& answer) {
    if (answer.kind != AnswerKind::given ||
        type_of(*state.content, state.instance.form_of(node)) != QuestionType::rank)
        return {};
    TRY(const auto choices, choices_of(state, node, state.language, false));
    auto ranked = chosen_values(answer.text);
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string_view> all;
    for (const Choice& choice : choices)
        all.push_back(choice.value);
    std::sort(all.begin(), all.end());
    if (ranked == all)
        return {};
    return Error{Fault::refused,
                 fmt::format("{} ranks {} choices, and {} are in the list.", state.instance.path(node),
                             ranked.size(), all.size()),
                 "Put every choice of the list into the order, each once."};
}

// Several choices stand in the order of their list, whatever order they were touched in;
// what is no choice any more stays, at the end.
std::string in_order_of_list(const SessionState& state, NodeId node, std::string text) {
    if (type_of(*state.content, state.instance.form_of(node)) != QuestionType::select_multiple ||
        text.find(' ') == std::string::npos)
        return text;
    const auto choices = choices_of(state, node, state.language, false);
    if (!choices)
        return text;
    auto chosen = chosen_values(text);
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < choices->size(); ++i)
        places.emplace((*choices)[i].value, i);
    const auto place = [&](std::string_view value) {
        const auto at = places.find(value);
        return at == places.end() ? places.size() : at->second;
    };
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::string_view left, std::string_view right) {
        return place(left) < place(right);
    });
    return fmt::format("{}", fmt::join(chosen, " "));
}

Result<void> may_change(const SessionState& state, TemplateId repeat) {
    const Template& form = state.content->at(repeat);
    if (form.control == nowhere)
        return {};
    const Control& control = state.content->controls[form.control];
    if (control.count)
        return Error{Fault::refused, fmt::format("The form itself counts how often {} repeats.", form.path),
                     "Change the answer that gives the number."};
    if (control.no_add_remove)
        return Error{Fault::refused, fmt::format("{} keeps the number it began with.", form.path), ""};
    return {};
}

}  // namespace

Result<void> may_take_back(const SessionState& state, NodeId node, const Answer& answer) {
    if (state.instance[node].kind == AnswerKind::sealed && answer.kind != AnswerKind::given &&
        answer.kind != AnswerKind::sealed)
        return Error{Fault::refused, "This answer is recorded and sealed.", "Add to it instead."};
    return {};
}

Result<Answer> answer_as_kept(const SessionState& state, NodeId node, Answer answer) {
    if (answer.kind == AnswerKind::given && answer.text.empty())
        answer.kind = AnswerKind::blank;
    if (answer.kind != AnswerKind::given)
        answer.text.clear();
    TRY_DO(may_answer(state, node, answer));
    answer.text = tidied(*state.content, state.instance.form_of(node), std::move(answer.text));
    TRY_DO(may_rank(state, node, answer));
    answer.text = in_order_of_list(state, node, std::move(answer.text));
    if (answer.text.empty() && answer.kind == AnswerKind::given)
        answer.kind = AnswerKind::blank;
    return answer;
}

void keep_answer(SessionState& state, NodeId node, Answer answer) {
    state.instance[node].overridden = true;
    if (set_text(state, node, answer.kind, std::move(answer.text)))
        question_changed(state, node);
    settle_with_actions(state);
}

Result<void> apply_add_repeat(SessionState& state, std::string_view path) {
    TRY(const NodeId whole, whole_of(state, path));
    const TemplateId repeat = state.instance[whole].of;
    const NodeId parent = state.instance[whole].parent;
    TRY_DO(may_change(state, repeat));
    const std::size_t size = state.instance.seed_size(state.content->new_instance.at(repeat));
    if (state.instance.run(parent, repeat).size >= SessionState::instance_limit ||
        state.instance.alive() + size > Instance::node_limit)
        return Error{Fault::refused,
                     fmt::format("{} has {} instances already, which is the most.", path,
                                 state.instance.run(parent, repeat).size),
                     ""};
    new_instance_made(state, add_instance(state, repeat, parent));
    settle_with_actions(state);
    return {};
}

Result<void> apply_remove_repeat(SessionState& state, NodeId instance) {
    if (!state.instance.form_of(instance).repeat || state.instance[instance].is_whole)
        return Error{Fault::refused, fmt::format("{} is no repeat instance.", state.instance.path(instance)),
                     ""};
    TRY_DO(may_change(state, state.instance[instance].of));
    remove_instance(state, instance);
    settle_with_actions(state);
    return {};
}

Result<void> apply_language(SessionState& state, std::string_view language) {
    const auto& known = state.content->languages;
    if (std::find(known.begin(), known.end(), language) == known.end() &&
        !(known.empty() && language.empty()))
        return Error{Fault::bad_input, fmt::format("The form does not speak \"{}\".", language), ""};
    state.language = language;
    each_element(state, state.instance.root(), [&](NodeId node) {
        const std::uint32_t control = state.instance.form_of(node).control;
        if (control == nowhere)
            return;
        state.publish(ChangeKind::label, node);
        const Control& one = state.content->controls[control];
        if (!one.items.empty() || one.itemset)
            state.publish(ChangeKind::choices, node);
    });
    for (const RuleGraph& rule : state.graph->rules)
        mark(state, rule.reason, state.instance.root());
    mark_speaking(state);
    settle_with_actions(state);
    return {};
}

std::optional<NodeId> find_node(const SessionState& state, std::string_view path) {
    if (path.starts_with('/'))
        return state.instance.find(path);
    std::optional<TemplateId> one;
    bool with_control = false;
    for (TemplateId id = 0; id < state.content->templates.size(); ++id) {
        const Template& form = state.content->at(id);
        if (form.name != path || form.attribute)
            continue;
        const bool asked = form.control != nowhere;
        // A question before a place of the same name that nobody sees.
        if (one && with_control == asked)
            return std::nullopt;
        if (!one || asked) {
            one = id;
            with_control = asked;
        }
    }
    return one ? state.instance.nearest(*one, state.instance.root()) : std::nullopt;
}

namespace {

// The journal never holds a restricted text, nor whether it was don't know.
Answer journalled(const SessionState& state, NodeId node, const Answer& answer) {
    if (!restricted(state, node) || answer.kind == AnswerKind::blank)
        return answer;
    return {AnswerKind::sealed, {}};
}

}  // namespace

JournalEntry entry_of_answer(const SessionState& state, NodeId node, const Answer& now) {
    const InstanceNode& one = state.instance[node];
    JournalEntry entry;
    entry.what = JournalEntry::What::answer;
    entry.path = state.instance.path(node);
    entry.now = journalled(state, node, now);
    entry.before = journalled(state, node, {one.kind, one.text});
    return entry;
}

}  // namespace doorstep
