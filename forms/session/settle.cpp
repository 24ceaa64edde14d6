// Settling: what depends on a change is marked, and runs once, lowest rank first.
#include <algorithm>
#include <functional>

#include "forms/session/state.h"

namespace doorstep {
namespace {

std::uint64_t key_of(std::uint32_t vertex, NodeId node) {
    return std::uint64_t{vertex} << 32 | node;
}

// A repeat is counted as a whole; it is shown or not also before its first instance.
bool stands_at_whole(const Vertex& vertex) {
    return vertex.property == Property::count || vertex.property == Property::relevant;
}
bool stands_at_instances(const Vertex& vertex) {
    return vertex.property != Property::count;
}

void mark_below(SessionState& state, std::uint32_t vertex, NodeId top) {
    const Vertex& reader = state.graph->vertices[vertex];
    if (reader.rule != nowhere) {
        mark(state, vertex, state.instance.root());
        return;
    }
    const auto mark_one = [&](NodeId node) { mark(state, vertex, node); };
    if (stands_at_instances(reader))
        state.instance.each(top, reader.owner, false, mark_one);
    if (stands_at_whole(reader) && state.content->at(reader.owner).repeat &&
        state.instance[top].of != reader.owner)
        state.instance.each(top, reader.owner, true, mark_one);
}

void mark_readers(SessionState& state, const std::vector<Reader>& readers, NodeId from) {
    for (const Reader& reader : readers) {
        const NodeId shared = state.instance.ancestor(from, reader.shared);
        // Five hundred changed instances mark the readers of their sum once.
        if (state.spread.insert(key_of(reader.number, shared)).second)
            mark_below(state, reader.vertex, shared);
    }
}

bool is_own_shown(const SessionState& state, std::uint32_t vertex) {
    return state.graph->vertices[vertex].shown();
}

}  // namespace

void SessionState::publish(ChangeKind kind, NodeId node) {
    if (published.emplace(kind, node).second)
        changes.push_back({kind, instance.ref(node), {}});
}

void begin_event(SessionState& state, const Moment& now) {
    state.now = now;
    state.changes.clear();
    state.published.clear();
    state.cost = {};
    state.walked = {};
    state.actions_done.clear();
    state.rules_before = state.rules;
}

namespace {

// Rules have marks of their own: all their vertices stand at the root.
Marks& marks_of(SessionState& state, const Vertex& vertex, NodeId node) {
    Marks& marks = vertex.rule == nowhere ? state.instance[node].marks : state.rule_marks[vertex.rule];
    marks.begin(state.pass);
    return marks;
}

std::uint16_t bit_of(const Vertex& vertex) {
    return static_cast<std::uint16_t>(1u << static_cast<unsigned>(vertex.property));
}

void push(std::vector<SessionState::Pending>& heap, SessionState::Pending one) {
    heap.push_back(one);
    std::push_heap(heap.begin(), heap.end(), std::greater<>());
}

SessionState::Pending pop(std::vector<SessionState::Pending>& heap) {
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    const auto least = heap.back();
    heap.pop_back();
    return least;
}

}  // namespace

void mark(SessionState& state, std::uint32_t vertex, NodeId node) {
    const Vertex& one = state.graph->vertices[vertex];
    if (one.shown()) {
        state.publish(one.property == Property::label ? ChangeKind::label : ChangeKind::choices, node);
        return;
    }
    Marks& marks = marks_of(state, one, node);
    if (((marks.marked | marks.ran) & bit_of(one)) != 0)
        return;
    marks.marked |= bit_of(one);
    push(one.late ? state.late : state.queue, {one.rank, state.instance[node].birth, vertex, node});
}

void mark_own(SessionState& state, NodeId subtree) {
    const Instance& instance = state.instance;
    const auto stands_here = instance[subtree].is_whole ? stands_at_whole : stands_at_instances;
    for (const std::uint32_t vertex : state.graph->places[instance[subtree].of].vertices)
        if (stands_here(state.graph->vertices[vertex]) && !is_own_shown(state, vertex))
            mark(state, vertex, subtree);
    for (const auto& run : instance[subtree].runs)
        if (run.whole != nowhere)
            mark_own(state, run.whole);
    state.touched.insert(subtree);
    for (NodeId child = instance[subtree].first_child; child != nowhere; child = instance[child].next)
        mark_own(state, child);
}

void mark_all(SessionState& state) {
    mark_own(state, state.instance.root());
    for (const RuleGraph& rule : state.graph->rules)
        for (const std::uint32_t vertex : {rule.when, rule.reason, rule.quantity})
            if (vertex != nowhere)
                mark(state, vertex, state.instance.root());
}

namespace {

// The expression that a vertex is settled by.
const Formula* formula_of(const FormContent& content, const Vertex& vertex) {
    const auto given = [](const std::optional<Formula>& one) { return one ? &*one : nullptr; };
    const Template& place = content.at(vertex.owner);
    switch (vertex.property) {
    case Property::relevant:
        return given(place.bind.relevant);
    case Property::calculate:
        return given(place.bind.calculate);
    case Property::readonly:
        return given(place.bind.readonly);
    case Property::required:
        return given(place.bind.required);
    case Property::validity:
        return given(place.bind.constraint);
    case Property::count:
        return given(content.controls[place.control].count);
    case Property::when:
        return &content.rules[vertex.rule].when;
    case Property::quantity:
        return given(content.rules[vertex.rule].quantity);
    case Property::label:
    case Property::choices:
    case Property::reason:
        break;
    }
    return nullptr;
}

}  // namespace

void mark_speaking(SessionState& state) {
    for (std::uint32_t vertex = 0; vertex < state.graph->vertices.size(); ++vertex) {
        const Formula* formula = formula_of(*state.content, state.graph->vertices[vertex]);
        if (formula && formula->calls("jr:choice-name"))
            mark_below(state, vertex, state.instance.root());
    }
}

void value_changed(SessionState& state, NodeId node) {
    mark_readers(state, state.graph->places[state.instance[node].of].value_readers, node);
}

void structure_changed(SessionState& state, TemplateId repeat, NodeId parent) {
    mark_readers(state, state.graph->places[repeat].structure_readers, parent);
}

void positions_changed(SessionState& state, NodeId first_instance) {
    const TemplateId repeat = first_instance == nowhere ? nowhere : state.instance[first_instance].of;
    for (NodeId one = first_instance; one != nowhere; one = state.instance.next_same(one))
        for (const std::uint32_t vertex : state.graph->places[repeat].position_readers)
            mark_below(state, vertex, one);
}

namespace {

void pass(SessionState& state) {
    if (!state.queue.empty())
        ++state.cost.passes;
    while (!state.queue.empty()) {
        const auto [rank, birth, vertex, node] = pop(state.queue);
        // A counted repeat may have shrunk since.
        if (!state.instance[node].alive || state.instance[node].birth != birth)
            continue;
        const Vertex& one = state.graph->vertices[vertex];
        Marks& marks = marks_of(state, one, node);
        const bool again = (marks.ran & bit_of(one)) != 0;
        marks.ran |= bit_of(one);
        ++state.cost.evaluations;
        state.cost.most_per_vertex = std::max<std::uint64_t>(state.cost.most_per_vertex, again ? 2 : 1);
        run_vertex(state, vertex, node);
    }
    ++state.pass;
    // Clearing costs as much as it ever held: the whole form, at its beginning.
    constexpr std::size_t usual = 1024;
    if (state.spread.bucket_count() > usual)
        state.spread = {};
    else
        state.spread.clear();
}

}  // namespace

void settle(SessionState& state) {
    pass(state);
    // Each round makes one repeat longer or ends; their length is limited.
    for (std::uint32_t round = 0; !state.late.empty() && round < SessionState::instance_limit; ++round) {
        state.queue = std::exchange(state.late, {});
        pass(state);
    }
    state.late.clear();
    for (const NodeId node : state.touched) {
        if (!state.instance[node].alive)
            continue;
        const Violation now = violation_of(state, node);
        if (now != state.instance[node].violation) {
            state.instance[node].violation = now;
            state.publish(ChangeKind::validity, node);
        }
    }
    state.touched.clear();
}

void end_event(SessionState& state) {
    for (std::size_t rule = 0; rule < state.rules.size(); ++rule) {
        const RuleState& before = state.rules_before[rule];
        const RuleState& now = state.rules[rule];
        const std::string& id = state.content->rules[rule].id;
        if (now.suggested() && !before.suggested())
            state.changes.push_back({ChangeKind::suggested, {}, id});
        else if (!now.suggested() && before.suggested())
            state.changes.push_back({ChangeKind::withdrawn, {}, id});
        else if (now.suggested() && !(now == before))
            state.changes.push_back({ChangeKind::reworded, {}, id});
    }
}

}  // namespace doorstep
