// What a session shows, in the words of a recorded trace.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "forms/session/session.h"

namespace doorstep::conformance {

// Path to {relevant, readonly, required, value, violation, label, hint, choices,
// count, type}; "PATH#range" is a repeat as a whole.
using ScenarioState = std::map<std::string, nlohmann::json>;

// What cannot be compared: values that nobody can know beforehand (ids, chance, the
// moment, the device), and labels that stand in a <repeat> itself, which JavaRosa
// shows and the recording engine does not.
struct Masks {
    std::set<std::string> values;  // by place: "/data/meta/instanceID"
    std::set<std::string> labels;
};
Masks masks_of(const FormDefinition& form, const std::string& xml);

// Keeps what a session shows up to date from its lists of changes, as a screen does.
class Observer {
public:
    Observer(const FormSession& session, const Masks& masks);

    void all();
    void update(const ChangeList& changes);
    const ScenarioState& state() const { return state_; }
    // Where something may have changed since it was last asked; nothing: anywhere.
    std::optional<std::set<std::string>> take_touched() {
        return std::exchange(touched_, std::set<std::string>{});
    }

private:
    void add(NodeRef node);
    void add_answer(const QuestionView& view, NodeRef node, nlohmann::json& made) const;
    void add_ranges(const QuestionView& view);
    void count(const QuestionView& view);

    const FormSession& session_;
    const Masks& masks_;
    ScenarioState state_;
    std::optional<std::set<std::string>> touched_;
};

// The same fields of a recorded node, what it leaves out filled in.
nlohmann::json recorded(const std::string& path, const nlohmann::json& node, const Masks& masks);
// A short sentence on the first difference; "" when there is none.
std::string difference(const ScenarioState& expected, const ScenarioState& got);
std::string difference(const ScenarioState& expected, const ScenarioState& got, const std::string& path);
// Nodes whose recorded type is another than ours, scored apart.
std::size_t other_types(const ScenarioState& expected, const ScenarioState& got);

// "/data/people[2]/age" is made after /data/people/age.
std::string without_indexes(const std::string& path);

}  // namespace doorstep::conformance
