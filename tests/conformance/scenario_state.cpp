#include "tests/conformance/scenario_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::string text_in(const json& node, const char* field) {
    const auto at = node.find(field);
    return at != node.end() && at->is_string() ? at->get<std::string>() : std::string();
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

class Observer {
public:
    Observer(const FormSession& session, const std::set<std::string>& masked)
        : session_(session), content_(session.form().content()), masked_(masked) {}

    ScenarioState observe() {
        if (const auto root = session_.find(content_.at(0).path))
            add(*root);
        for (const NodeRef node : session_.nodes(true))
            add(node);
        return std::move(state_);
    }

private:
    void add(NodeRef ref) {
        const QuestionView view = *session_.view(ref);
        const Template& place = content_.at(content_.by_path(without_indexes(view.path)).value_or(0));
        const Control* control = place.control == nowhere ? nullptr : &content_.controls[place.control];
        json made{{"relevant", view.relevant},
                  {"readonly", view.readonly},
                  {"required", view.required},
                  {"label", shown(view.label)},
                  {"hint", shown(view.hint)}};
        made["type"] = type(place, control, view);
        if (place.leaf())
            add_answer(view, place, ref, control, made);
        else
            add_ranges(view, place);
        if (place.repeat)
            count(view);
        state_[view.path] = std::move(made);
    }

    static std::string type(const Template& place, const Control* control, const QuestionView& view) {
        if (place.parent == nowhere)
            return "root";
        if (control)
            return view.type == QuestionType::note ? "note" : control_name(*control);
        return place.repeat ? "repeat-instance" : place.leaf() ? "model-value" : "group";
    }

    void add_answer(const QuestionView& view, const Template& place, NodeRef ref, const Control* control,
                    json& made) const {
        const bool hidden = masked_.contains(place.path);
        made["value"] = hidden ? "*" : view.relevant ? without_ids(view.answer.text) : std::string();
        made["violation"] = view.violation == Violation::none         ? json()
                            : view.violation == Violation::required   ? json("required")
                            : view.violation == Violation::constraint ? json("constraint")
                                                                      : json("other");
        if (!control || (control->items.empty() && !control->itemset))
            return;
        json choices = json::array();
        if (const auto listed = session_.choices(ref))
            for (const Choice& choice : *listed)
                choices.push_back({choice.value, shown(choice.label)});
        made["choices"] = std::move(choices);
    }

    void add_ranges(const QuestionView& view, const Template& place) {
        for (const TemplateId child : place.children) {
            const Template& below = content_.at(child);
            if (!below.repeat)
                continue;
            const std::string name = below.prefix.empty() ? below.name : below.prefix + ":" + below.name;
            const bool counted = below.control != nowhere && content_.controls[below.control].count;
            json& range = state_[view.path + "/" + name + "#range"];
            range = {{"relevant", view.relevant},
                     {"readonly", view.readonly},
                     {"required", false},
                     {"label", ""},
                     {"hint", ""},
                     {"count", 0}};
            range["type"] = counted ? "repeat-range:controlled" : "repeat-range:uncontrolled";
        }
    }

    // A repeat as a whole is shown when one of its instances is.
    void count(const QuestionView& view) {
        json& range = state_[view.path.substr(0, view.path.rfind('[')) + "#range"];
        const bool first = range["count"] == 0;
        range["count"] = range["count"].get<int>() + 1;
        range["relevant"] = view.relevant || (!first && range["relevant"].get<bool>());
        if (first) {
            range["readonly"] = view.readonly;
            range["label"] = shown(view.label);
        }
    }

    const FormSession& session_;
    const FormContent& content_;
    const std::set<std::string>& masked_;
    ScenarioState state_;
};

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

std::set<std::string> masked_places(const FormDefinition& form) {
    std::set<std::string> masked;
    const FormContent& content = form.content();
    for (const Template& place : content.templates)
        if (nobody_knows(place))
            masked.insert(place.path);
    for (const Action& action : content.actions)
        if (by_chance(action.value))
            masked.insert(content.at(action.target).path);
    return masked;
}

ScenarioState observe(const FormSession& session, const std::set<std::string>& masked) {
    return Observer(session, masked).observe();
}

json recorded(const std::string& path, const json& node, const std::set<std::string>& masked) {
    json made = node;
    for (const char* field : {"label", "hint"})
        made[field] = shown(text_in(node, field));
    if (node.contains("value"))
        made["value"] = masked.contains(without_indexes(path)) ? "*" : without_ids(text_in(node, "value"));
    for (json& choice : made.contains("choices") ? made["choices"] : made["none"])
        if (choice.is_array() && choice.size() == 2 && choice[1].is_string())
            choice[1] = shown(choice[1].get<std::string>());
    return made;
}

std::string difference(const ScenarioState& expected, const ScenarioState& got) {
    for (const auto& [path, node] : expected) {
        const auto ours = got.find(path);
        if (ours == got.end())
            return fmt::format("{}: is not there", path);
        for (const char* field : fields) {
            const json wanted = node.contains(field) ? node[field] : json();
            const json found = ours->second.contains(field) ? ours->second[field] : json();
            if (wanted != found)
                return fmt::format("{} {}: {}, not {}", path, field, found.dump(), wanted.dump());
        }
    }
    for (const auto& [path, node] : got)
        if (!expected.contains(path))
            return fmt::format("{}: is there", path);
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
