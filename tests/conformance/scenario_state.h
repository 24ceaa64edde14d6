// What a session shows, in the words of a recorded trace.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "forms/session/session.h"

namespace doorstep::conformance {

// Path to {relevant, readonly, required, value, violation, label, hint, choices,
// count, type}; "PATH#range" is a repeat as a whole.
using ScenarioState = std::map<std::string, nlohmann::json>;

// Places whose value nobody can know beforehand: ids, chance, the moment, the device.
std::set<std::string> masked_places(const FormDefinition& form);

ScenarioState observe(const FormSession& session, const std::set<std::string>& masked);
// The same fields of a recorded node, what it leaves out filled in.
nlohmann::json recorded(const std::string& path, const nlohmann::json& node,
                        const std::set<std::string>& masked);
// A short sentence on the first difference; "" when there is none.
std::string difference(const ScenarioState& expected, const ScenarioState& got);
// Nodes whose recorded type is another than ours, scored apart.
std::size_t other_types(const ScenarioState& expected, const ScenarioState& got);

// "/data/people[2]/age" is made after /data/people/age.
std::string without_indexes(const std::string& path);

}  // namespace doorstep::conformance
