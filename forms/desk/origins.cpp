#include "forms/desk/origins.h"

#include <fmt/format.h>

namespace doorstep {
namespace {

// "rows 31 -> 35 -> 31" where a cycle has been joined to its cells.
std::string chain_of_rows(const std::vector<Place>& places) {
    std::string text;
    for (const Place& place : places)
        text += fmt::format("{}{}", text.empty() ? "" : " -> ", place.row);
    return "Rows " + text + ".";
}

// "/data/people[2]/age" -> "/data/people/age"
std::string without_indexes(const std::string& path) {
    std::string plain;
    bool inside = false;
    for (const char c : path) {
        inside = inside || c == '[';
        if (!inside)
            plain += c;
        inside = inside && c != ']';
    }
    return plain;
}

std::string name_in(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string where(const Place& place) {
    const bool other_sheet = !place.sheet.empty() && place.sheet != "survey";
    return fmt::format("{}row {}", other_sheet ? place.sheet + " " : std::string(), place.row);
}

void describe(Diagnostic& found, const Blocked& blocked) {
    switch (blocked.violation) {
    case Violation::none:
        break;
    case Violation::required:
        found.what = "is not answered.";
        found.mend = "answer it, or say don't know, prefer not to say or not asked.";
        break;
    case Violation::constraint:
        found.what = "does not fit.";
        found.mend = "correct the answer.";
        break;
    case Violation::type:
        found.what = "cannot be read as this kind of answer.";
        found.mend = "write a number, date or time as the question asks.";
        break;
    case Violation::not_in_list:
        found.what = "is no longer one of the choices.";
        found.mend = "choose again.";
        break;
    case Violation::cannot_compute:
        found.what = found.place.row > 0 ? fmt::format("cannot compute ({}).", where(found.place))
                                         : fmt::format("cannot compute ({}).", name_in(blocked.path));
        found.mend = "tell whoever wrote the form; every answer is kept.";
        break;
    }
}

}  // namespace

Place origin(const Origins& origins, const std::string& node, const std::string& property) {
    for (const std::string& key : {node + "#" + property, node + "#type", node + "#when"})
        if (const auto found = origins.find(key); found != origins.end())
            return found->second;
    return {};
}

Diagnostic joined(const FormFault& fault, const Origins& origins, const std::string& file) {
    Diagnostic diagnostic = fault.diagnostic;
    diagnostic.place = origin(origins, fault.node, fault.property);
    if (diagnostic.place.file.empty())
        diagnostic.place.file = file;
    if (diagnostic.place.row == 0 && fault.node.size() > 1)
        diagnostic.what =
            fmt::format("{}{}: {}", fault.node, fault.property.empty() ? "" : " (" + fault.property + ")",
                        diagnostic.what);
    for (const auto& [node, property] : fault.related)
        if (Place place = origin(origins, node, property); place.row > 0)
            diagnostic.related.push_back(std::move(place));
    if (fault.diagnostic.code == "cycle" && diagnostic.related.size() > 1)
        diagnostic.why = chain_of_rows(diagnostic.related);
    return diagnostic;
}

Place origin(const Origins& origins, const Blocked& blocked) {
    const std::string path = without_indexes(blocked.path);
    if (const std::size_t mark = path.find('#'); mark != std::string::npos)
        return origin(origins, path.substr(0, mark), path.substr(mark + 1));
    return origin(origins, path, blocked.property);
}

Diagnostic diagnosed(const Blocked& blocked, const Origins& origins) {
    Diagnostic found;
    found.code = "blocked";
    found.place = origin(origins, blocked);
    found.why = blocked.text;
    describe(found, blocked);
    return found;
}

}  // namespace doorstep
