// What depends on what, once per form: vertices are (place, property), not nodes.
#pragma once

#include <cstdint>
#include <vector>

#include "forms/definition/content.h"

namespace doorstep {

enum class Property : std::uint8_t {
    relevant,
    calculate,
    readonly,
    required,
    validity,  // type, list and constraint
    count,     // jr:count of a repeat
    label,     // shown only: label, hint and messages
    choices,   // shown only
    when,      // of a rule; owner is the root
    reason,
    quantity
};

struct Vertex {
    Property property = Property::calculate;
    TemplateId owner = 0;
    std::uint32_t rule = nowhere;
    std::uint32_t rank = 0;  // readers rank after what they read
    // A count that depends on what it makes ("one more while the last says yes"):
    // settled after all else, and then again while it grows.
    bool late = false;
    // A calculation that keeps what it held, or asks the clock or chance: it waits
    // while it is hidden, since a hidden answer cannot be read, its own included.
    bool when_shown = false;
    // Shown ones are never settled: a change is told, and they are computed when drawn.
    bool shown() const { return property == Property::label || property == Property::choices; }
};

struct Reader {
    std::uint32_t vertex = 0;
    TemplateId shared = 0;     // see Read
    std::uint32_t number = 0;  // of all edges
    bool operator==(const Reader& other) const { return vertex == other.vertex && shared == other.shared; }
};

struct PlaceGraph {
    std::vector<std::uint32_t> vertices;          // owned by this place
    std::vector<Reader> value_readers;            // of its text, and of being shown
    std::vector<Reader> structure_readers;        // of a repeat: how many instances
    std::vector<std::uint32_t> position_readers;  // of a repeat: which instance
};

struct RuleGraph {
    std::uint32_t when = 0, reason = nowhere, quantity = nowhere;
    std::vector<TemplateId> causes;  // questions read, through calculations too
    bool restricted = false;         // reads a restricted answer
};

struct FormGraph {
    std::vector<Vertex> vertices;
    std::vector<PlaceGraph> places;
    std::vector<RuleGraph> rules;

    std::uint32_t vertex(TemplateId owner, Property property) const;  // or nowhere
};

// Faults: cycles, and readers of restricted answers that are no rules.
FormGraph build_graph(const FormContent& content, std::vector<FormFault>& faults);

const char* property_name(Property property);  // as in FormFault::property

}  // namespace doorstep
