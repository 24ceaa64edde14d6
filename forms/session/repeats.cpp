// Instances of a repeat, made and removed.
#include "forms/session/state.h"

namespace doorstep {
namespace {

void forget(SessionState& state, NodeId node) {
    const Instance& instance = state.instance;
    state.errors.erase(state.errors.lower_bound({node, 0}), state.errors.lower_bound({node + 1, 0}));
    for (const auto& run : instance[node].runs)
        if (run.counter != nowhere)
            forget(state, run.counter);
    for (NodeId child = instance[node].first_child; child != nowhere; child = instance[child].next)
        forget(state, child);
    state.touched.erase(node);
}

}  // namespace

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
