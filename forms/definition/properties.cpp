// What the properties of a place are called, and which it has.
#include "forms/definition/graph.h"

namespace doorstep {

const char* property_name(Property property) {
    switch (property) {
    case Property::relevant:
        return "relevant";
    case Property::calculate:
        return "calculation";
    case Property::readonly:
        return "readonly";
    case Property::required:
        return "required";
    case Property::validity:
        return "constraint";
    case Property::count:
        return "repeat_count";
    case Property::label:
        return "label";
    case Property::choices:
        return "choice_filter";
    case Property::when:
        return "when";
    case Property::reason:
        return "reason";
    case Property::quantity:
        return "quantity";
    }
    return "";
}

std::uint32_t FormGraph::vertex(TemplateId owner, Property property) const {
    for (const std::uint32_t one : places[owner].vertices)
        if (vertices[one].property == property)
            return one;
    return nowhere;
}

}  // namespace doorstep
