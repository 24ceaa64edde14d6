// A repeat as a whole, and its instances, made and removed.
#include <fmt/format.h>

#include "forms/session/state.h"

namespace doorstep {
namespace {

void forget(SessionState& state, NodeId node) {
    const Instance& instance = state.instance;
    state.errors.erase(state.errors.lower_bound({node, 0}), state.errors.lower_bound({node + 1, 0}));
    for (const auto& run : instance[node].runs)
        if (run.whole != nowhere)
            forget(state, run.whole);
    for (NodeId child = instance[node].first_child; child != nowhere; child = instance[child].next)
        forget(state, child);
    state.touched.erase(node);
}

}  // namespace

Result<NodeId> whole_of(const SessionState& state, std::string_view path) {
    const Error unknown{Fault::not_found, fmt::format("{} is no repeat of this form.", path), ""};
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos || slash == 0)
        return unknown;
    const auto parent = state.instance.find(path.substr(0, slash));
    if (!parent)
        return unknown;
    const std::string_view last = path.substr(slash + 1);
    for (const TemplateId child : state.instance.form_of(*parent).children) {
        const Template& form = state.content->at(child);
        const std::string name = form.prefix.empty() ? form.name : form.prefix + ":" + form.name;
        if (form.repeat && name == last.substr(0, last.find('[')))
            return state.instance.run(*parent, child).whole;
    }
    return unknown;
}

NodeId add_instance(SessionState& state, TemplateId repeat, NodeId parent) {
    const NodeId made = state.instance.make(state.content->new_instance.at(repeat), parent);
    state.publish(ChangeKind::added, made);
    mark_own(state, made);
    structure_changed(state, repeat, parent);
    return made;
}

void remove_instance(SessionState& state, NodeId instance) {
    const TemplateId repeat = state.instance[instance].of;
    const NodeId parent = state.instance[instance].parent;
    const NodeId following = state.instance.next_same(instance);
    state.changes.push_back({ChangeKind::removed, state.instance.ref(instance), {}});
    forget(state, instance);
    state.instance.remove(instance);
    structure_changed(state, repeat, parent);
    positions_changed(state, following);
}

}  // namespace doorstep
