// Everything observable as text, as it was kept up and as it is from scratch.
#include <fmt/format.h>

#include "forms/session/state.h"

namespace doorstep {
namespace {

void dump_node(const SessionState& state, NodeId node, std::string& out) {
    const InstanceNode& one = state.instance[node];
    const QuestionView view = view_of(state, node);
    out += fmt::format(
        "{} type={} kind={} text=[{}] relevant={:d} required={:d} readonly={:d} violation={} [{}]", view.path,
        static_cast<int>(view.type), static_cast<int>(one.kind), one.text, one.relevant, one.required,
        one.readonly, static_cast<int>(one.violation), view.violation_text);
    out += fmt::format(" label=[{}] hint=[{}]", view.label, view.hint);
    if (state.instance.form_of(node).control != nowhere) {
        if (const auto choices = choices_of(state, node, state.language, true))
            for (const Choice& choice : *choices)
                out += fmt::format(" {}=[{}]", choice.value, choice.label);
        else
            out += " no choices: " + choices.error().what;
    }
    out += '\n';
    for (NodeId child = one.first_child; child != nowhere; child = state.instance[child].next)
        dump_node(state, child, out);
}

}  // namespace

std::string dump_of(const SessionState& state) {
    std::string out = "language " + state.language + "\n";
    dump_node(state, state.instance.root(), out);
    for (const Suggestion& one : suggestions_of(state, true)) {
        out += fmt::format("suggests {} [{}] {} restricted={:d}", one.id, one.reason, one.quantity,
                           one.restricted);
        for (const NodeRef cause : one.causes)
            out += " " + state.instance.path(cause.index);
        out += '\n';
    }
    for (const Blocked& one : blocked_of(state))
        out += fmt::format("blocked {} {} [{}]\n", one.path, static_cast<int>(one.violation), one.text);
    for (const AnsweredQuestion& one : answered_in(state, state.language))
        out += fmt::format("answered {} [{}] {:d}\n", one.path, one.label, one.asked_of_resident);
    return out + submission_of(state) + "\n";
}

std::string dump_from_scratch_of(const SessionState& state) {
    SessionState anew = state;
    // What is kept stays: answers, what the clock and chance gave, and what a
    // setvalue put.  All that follows from it is forgotten and found again.
    for (NodeId node = 0; node < anew.instance.size(); ++node) {
        InstanceNode& one = anew.instance[node];
        if (!one.alive)
            continue;
        one.shown_itself = one.relevant = true;
        one.closed_itself = one.readonly = one.required = false;
        one.in_list = one.constraint_holds = true;
        one.violation = Violation::none;
    }
    for (RuleState& rule : anew.rules)
        rule = {};
    anew.from_scratch = true;
    begin_event(anew, state.now);
    mark_all(anew);
    settle(anew);
    return dump_of(anew);
}

}  // namespace doorstep
