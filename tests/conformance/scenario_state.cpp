#include "tests/conformance/scenario_state.h"

#include <fmt/format.h>
#include <libxml/parser.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "forms/definition/content.h"
#include "tests/conformance/submission_text.h"

namespace doorstep::conformance {
namespace {

using nlohmann::json;

constexpr std::array fields{"relevant", "readonly", "required", "value", "violation",
                            "label",    "hint",     "choices",  "count"};

bool by_chance(const std::optional<Formula>& formula) {
    if (!formula)
        return false;
    const auto& functions = formula->expression.functions();
    return std::any_of(functions.begin(), functions.end(), [](const auto& use) {
        return use.name == "uuid" || use.name == "random" || use.name == "now";
    });
}

bool nobody_knows(const Template& place) {
    return place.name == "instanceID" || place.name == "deprecatedID" ||
           (!place.bind.preload.empty() && place.bind.preload != "date") || by_chance(place.bind.calculate);
}

// The space around a wording is not seen.
std::string shown(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    return from == std::string::npos
               ? ""
               : plain_words(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

std::string text_in(const json& node, const char* field) {
    const auto at = node.find(field);
    return at != node.end() && at->is_string() ? at->get<std::string>() : std::string();
}

// By reference: a long trace compares tens of thousands of nodes at every step.
const json& field_of(const json& node, const char* field) {
    static const json none;
    const auto at = node.find(field);
    return at == node.end() ? none : *at;
}

const char* control_name(const Control& control) {
    switch (control.kind) {
    case ControlKind::select_one:
    case ControlKind::select_multiple:
        return "select";
    case ControlKind::rank:
        return "rank";
    case ControlKind::range:
        return "range";
    case ControlKind::trigger:
        return "trigger";
    case ControlKind::upload:
        return "upload";
    case ControlKind::group:
        return "group";
    case ControlKind::repeat:
        return "repeat-instance";
    case ControlKind::input:
        break;
    }
    return "input";
}

const Template& place_of(const FormSession& session, const std::string& path) {
    const FormContent& content = session.form().content();
    return content.at(content.by_path(without_indexes(path)).value_or(0));
}

const Control* control_of(const FormSession& session, const Template& place) {
    return place.control == nowhere ? nullptr : &session.form().content().controls[place.control];
}

bool has_repeats(const FormSession& session, const Template& place) {
    return std::any_of(place.children.begin(), place.children.end(),
                       [&](TemplateId child) { return session.form().content().at(child).repeat; });
}

std::string type_name(const Template& place, const Control* control, const QuestionView& view) {
    if (place.parent == nowhere)
        return "root";
    if (control)
        return view.type == QuestionType::note ? "note" : control_name(*control);
    return place.repeat ? "repeat-instance" : place.leaf() ? "model-value" : "group";
}

// An answer that is no value of its type, or stands in no list, is kept and marked by us;
// to the form it is blank, and the recording engine has no such state.
bool is_no_value(const QuestionView& view, const Control* control) {
    return view.violation == Violation::type ||
           (view.violation == Violation::not_in_list && control && !control->itemset);
}

json violation_name(const QuestionView& view, bool no_value) {
    if (view.violation == Violation::required || (no_value && view.required))
        return "required";
    if (view.violation == Violation::none || no_value)
        return nullptr;
    return view.violation == Violation::constraint ? "constraint" : "other";
}

std::string_view words(const xmlChar* text) {
    return text ? reinterpret_cast<const char*>(text) : "";
}

void labelled_repeats(const xmlNode* element, std::set<std::string>& found) {
    for (const xmlNode* child = element->children; child; child = child->next) {
        if (words(child->name) == "label" && words(element->name) == "repeat")
            for (const xmlAttr* one = element->properties; one; one = one->next)
                if (words(one->name) == "nodeset" && one->children)
                    found.emplace(words(one->children->content));
        labelled_repeats(child, found);
    }
}

}  // namespace

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

Masks masks_of(const FormDefinition& form, const std::string& xml) {
    Masks masks;
    const FormContent& content = form.content();
    for (const Template& place : content.templates)
        if (nobody_knows(place))
            masks.values.insert(place.path);
    for (const Action& action : content.actions)
        if (by_chance(action.value))
            masks.values.insert(content.at(action.target).path);
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, XML_PARSE_NONET),
        xmlFreeDoc);
    if (document)
        labelled_repeats(xmlDocGetRootElement(document.get()), masks.labels);
    return masks;
}

Observer::Observer(const FormSession& session, const Masks& masks) : session_(session), masks_(masks) {
    all();
}

void Observer::all() {
    state_.clear();
    touched_.reset();
    if (const auto root = session_.find(session_.form().content().at(0).path))
        add(*root);
    for (const NodeRef node : session_.nodes(true))
        add(node);
}

// An instance that comes or goes moves the paths of the others.
void Observer::update(const ChangeList& changes) {
    const bool moved = std::any_of(changes.begin(), changes.end(), [](const Change& one) {
        return one.kind == ChangeKind::added || one.kind == ChangeKind::removed;
    });
    if (moved)
        return all();
    for (const Change& one : changes)
        if (one.suggestion.empty() && session_.alive(one.node)) {
            const QuestionView view = *session_.view(one.node);
            const Template& place = place_of(session_, view.path);
            // What is said of a repeat as a whole stands elsewhere.
            if (place.repeat || (!place.leaf() && has_repeats(session_, place)))
                return all();
            add(one.node);
        }
}

void Observer::add(NodeRef ref) {
    const QuestionView view = *session_.view(ref);
    if (view.path.find('@') != std::string::npos)
        return;
    const Template& place = place_of(session_, view.path);
    json made{{"relevant", view.relevant},
              {"readonly", view.readonly},
              {"required", view.required},
              {"label", masks_.labels.contains(place.path) ? "" : shown(view.label)},
              {"hint", shown(view.hint)}};
    made["type"] = type_name(place, control_of(session_, place), view);
    if (place.leaf())
        add_answer(view, ref, made);
    else
        add_ranges(view);
    if (place.repeat)
        count(view);
    if (touched_)
        touched_->insert(view.path);
    state_[view.path] = std::move(made);
}

void Observer::add_answer(const QuestionView& view, NodeRef ref, json& made) const {
    const Template& place = place_of(session_, view.path);
    const Control* control = control_of(session_, place);
    // Recorded of an upload is the file that it holds, also while it is hidden.
    const bool holds_file = control && control->kind == ControlKind::upload;
    const bool no_value = is_no_value(view, control);
    const bool seen = (view.relevant || holds_file) && !no_value;
    made["value"] = masks_.values.contains(place.path) ? "*"
                    : seen                             ? plain_value(view.answer.text)
                                                       : std::string();
    made["violation"] = violation_name(view, no_value);
    const std::string type = control ? control_name(*control) : "";
    if (type != "select" && type != "rank")
        return;
    json choices = json::array();
    if (const auto listed = session_.choices(ref))
        for (const Choice& choice : *listed)
            choices.push_back({choice.value, shown(choice.label)});
    made["choices"] = std::move(choices);
}

void Observer::add_ranges(const QuestionView& view) {
    const FormContent& content = session_.form().content();
    for (const TemplateId child : place_of(session_, view.path).children) {
        const Template& below = content.at(child);
        if (!below.repeat)
            continue;
        const std::string name = below.prefix.empty() ? below.name : below.prefix + ":" + below.name;
        const RepeatView repeat = *session_.repeat(view.path + "/" + name);
        const bool counted = below.control != nowhere && content.controls[below.control].count;
        json& range = state_[repeat.path + "#range"];
        range = {{"relevant", repeat.relevant},
                 {"readonly", repeat.readonly},
                 {"required", false},
                 {"hint", ""},
                 {"count", 0}};
        range["label"] = masks_.labels.contains(below.path) ? "" : shown(repeat.label);
        range["type"] = counted ? "repeat-range:controlled" : "repeat-range:uncontrolled";
    }
}

// A repeat as a whole is shown when one of its instances is.
void Observer::count(const QuestionView& view) {
    json& range = state_[view.path.substr(0, view.path.rfind('[')) + "#range"];
    const bool first = range["count"] == 0;
    range["count"] = range["count"].get<int>() + 1;
    range["relevant"] = view.relevant || (!first && range["relevant"].get<bool>());
    if (!first)
        return;
    range["readonly"] = view.readonly;
    if (!masks_.labels.contains(without_indexes(view.path)))
        range["label"] = shown(view.label);
}

json recorded(const std::string& path, const json& node, const Masks& masks) {
    json made = node;
    json none = json::array();
    const std::string place = without_indexes(path.substr(0, path.find('#')));
    for (const char* field : {"label", "hint"})
        made[field] = shown(text_in(node, field));
    if (masks.labels.contains(place))
        made["label"] = "";
    if (node.contains("value"))
        made["value"] = masks.values.contains(place) ? "*" : plain_value(text_in(node, "value"));
    for (json& choice : made.contains("choices") ? made["choices"] : none)
        if (choice.is_array() && choice.size() == 2 && choice[1].is_string())
            choice[1] = shown(choice[1].get<std::string>());
    return made;
}

std::string difference(const ScenarioState& expected, const ScenarioState& got, const std::string& path) {
    const auto wanted_node = expected.find(path);
    const auto ours = got.find(path);
    if (wanted_node == expected.end() || ours == got.end())
        return wanted_node == expected.end() && ours == got.end()
                   ? std::string()
                   : fmt::format("{}: {}", path, ours == got.end() ? "is not there" : "is there");
    for (const char* field : fields) {
        const json& wanted = field_of(wanted_node->second, field);
        const json& found = field_of(ours->second, field);
        if (wanted != found)
            return fmt::format("{} {}: {}, not {}", path, field, found.dump(), wanted.dump());
    }
    return {};
}

std::string difference(const ScenarioState& expected, const ScenarioState& got) {
    for (const ScenarioState* one : {&expected, &got})
        for (const auto& [path, node] : *one)
            if (std::string found = difference(expected, got, path); !found.empty())
                return found;
    return {};
}

std::size_t other_types(const ScenarioState& expected, const ScenarioState& got) {
    std::size_t others = 0;
    for (const auto& [path, node] : expected)
        if (const auto ours = got.find(path); ours != got.end())
            others += text_in(node, "type") != text_in(ours->second, "type") ? 1u : 0u;
    return others;
}

}  // namespace doorstep::conformance
