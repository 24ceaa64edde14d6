#include "forms/xlsform/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace doorstep::xlsform {
namespace {

using Words = std::vector<std::string>;

// Empty: the type takes none and ignores the column.
Words accepted(const QuestionType& type) {
    if (type.name == "range")
        return {"start", "end", "step", "placeholder", "tick_interval", "tick_labelset"};
    if (type.choices == ChoiceSource::file)
        return {"randomize", "seed", "value", "label"};
    if (type.is_select())
        return {"randomize", "seed"};
    if (type.name == "text")
        return {"rows"};
    if (type.name == "image")
        return {"app", "max-pixels"};
    if (type.name == "audio" || type.name == "background-audio")
        return {"quality"};
    if (type.name == "geopoint")
        return {"allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"};
    if (type.name == "geotrace" || type.name == "geoshape")
        return {"allow-mock-accuracy", "incremental", "reference-geometry"};
    if (type.name == "audit")
        return {"location-priority", "location-min-interval", "location-max-age",
                "track-changes",     "identify-user",         "track-changes-reasons"};
    return {};
}

std::optional<double> number(const std::string& text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    return problem == std::errc{} && stop == end && std::isfinite(value) ? std::optional(value)
                                                                         : std::nullopt;
}

bool whole(const std::string& text) {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    return text.size() > sign && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(sign), text.end(),
                                             [](char c) { return c >= '0' && c <= '9'; });
}

bool is_multiple(double value, double of) {
    const double times = value / of;
    return std::abs(times - std::round(times)) < 1e-9;
}

// "a = 1, b=2; c=3" to words "a=1", "b=2", "c=3".
Words split(const std::string& text) {
    Words words;
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : ' ';
        const bool space = c == ' ' || c == '\t' || c == '\n';
        if (space) {
            const std::size_t next = text.find_first_not_of(" \t\n", i);
            if (next != std::string::npos && (text[next] == '=' || (!word.empty() && word.back() == '=')))
                continue;
        }
        if (!space && c != ',' && c != ';') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

class Checks {
public:
    Checks(Item& item, const Written& cell, Form& form) : item_(item), cell_(cell), form_(form) {}

    void range() {
        for (const std::string name : {"start", "end", "step", "placeholder", "tick_interval"})
            if (const std::string* text = value(name); text != nullptr && !number(*text))
                return bad(fmt::format("{} must be a number, not \"{}\".", name, *text));
        for (const std::string name : {"step", "tick_interval"})
            if (const std::string* text = value(name); text != nullptr && *number(*text) == 0)
                return bad(fmt::format("{} must not be 0.", name));
        const double from = number_of("start", 1), to = number_of("end", 10), step = number_of("step", 1);
        const auto outside = [&](double at) { return at < std::min(from, to) || at > std::max(from, to); };
        if (value("placeholder") != nullptr) {
            const double at = number_of("placeholder", 0);
            if (outside(at))
                return bad("placeholder must lie between start and end.");
            if (!is_multiple(at - from, step))
                return bad("placeholder must be a step away from start.");
        }
        if (value("tick_interval") != nullptr && !is_multiple(number_of("tick_interval", 1), step))
            return bad("tick_interval must be a multiple of step.");
        if (const std::string* labels = value("tick_labelset"))
            tick_labels(*labels, from, to, number_of("tick_interval", step));
    }

    void choices() {
        const std::string* randomize = value("randomize");
        if (randomize != nullptr && !yes_or_no(*randomize))
            return bad(fmt::format("randomize is true or false, not \"{}\".", *randomize));
        if (const std::string* seed = value("seed")) {
            if (randomize == nullptr || *yes_or_no(*randomize) == false)
                return bad("seed needs randomize=true.");
            const bool reference = seed->starts_with("${") && seed->find('}') == seed->size() - 1;
            if (!reference && !number(*seed))
                return bad("seed is a number or a question, for example seed=${seed}.");
        }
        for (const std::string name : {"value", "label"})
            if (const std::string* text = value(name); text != nullptr && !is_xml_name(*text))
                return bad(fmt::format("{} names a column of the file; \"{}\" cannot be one.", name, *text));
    }

    void numbers() {
        for (const std::string name : {"rows", "max-pixels"})
            if (const std::string* text = value(name); text != nullptr && !whole(*text))
                return bad(fmt::format("{} must be a whole number, not \"{}\".", name, *text));
        for (const std::string name : {"capture-accuracy", "warning-accuracy"})
            if (const std::string* text = value(name); text != nullptr && !number(*text))
                return bad(fmt::format("{} must be a number, not \"{}\".", name, *text));
    }

    void words() {
        one_of("allow-mock-accuracy", {"true", "false"});
        one_of("incremental", {"true"});
        if (item_.type.name == "background-audio")
            one_of("quality", {"voice-only", "low", "normal"});
        else
            one_of("quality", {"voice-only", "low", "normal", "external"});
        one_of("location-priority", {"no-power", "low-power", "balanced", "high-accuracy"});
        one_of("track-changes", {"true", "false"});
        one_of("identify-user", {"true", "false"});
        one_of("track-changes-reasons", {"on-form-edit"});
        const std::string* app = value("app");
        const std::string look = lower_case(item_.row.text("appearance"));
        if (app != nullptr && (look.empty() || look == "annotate") && app->find('.') == std::string::npos)
            bad(fmt::format("app is the name of an Android package, like org.example.camera, not \"{}\".",
                            *app));
    }

private:
    const std::string* value(const std::string& name) const {
        const auto found = item_.parameters.find(name);
        return found == item_.parameters.end() ? nullptr : &found->second;
    }

    double number_of(const std::string& name, double otherwise) const {
        const std::string* text = value(name);
        return text == nullptr ? otherwise : number(*text).value_or(otherwise);
    }

    void one_of(const std::string& name, const Words& allowed) {
        const std::string* text = value(name);
        if (text != nullptr && std::find(allowed.begin(), allowed.end(), *text) == allowed.end())
            bad(fmt::format("{} is {}, not \"{}\".", name, joined(allowed, " or "), *text));
    }

    void tick_labels(const std::string& name, double from, double to, double interval) {
        const ChoiceList* list = form_.list(name);
        if (list == nullptr)
            return bad(fmt::format("the list \"{}\" is not on the choices sheet.", name));
        const bool no_ticks = lower_case(item_.row.text("appearance")).find("no-ticks") != std::string::npos;
        for (const Choice& choice : list->choices) {
            const auto at = number(choice.name);
            if (!at)
                return bad(fmt::format("the names in the list \"{}\" must be numbers.", name));
            if (*at < std::min(from, to) || *at > std::max(from, to))
                return bad(fmt::format("{} in the list \"{}\" does not lie between start and end.",
                                       choice.name, name));
            if (no_ticks && *at != from && *at != to)
                return bad(fmt::format("without ticks the list \"{}\" may name start and end only.", name));
            if (!is_multiple(*at - from, interval))
                return bad(fmt::format("{} in the list \"{}\" is not on a tick.", choice.name, name));
        }
    }

    void bad(std::string what) {
        form_.error("bad-parameter", cell_, std::move(what), "", "correct it in this cell.");
    }

    Item& item_;
    const Written& cell_;
    Form& form_;
};

bool take_words(Item& item, const Written& cell, const Words& known, Form& form) {
    for (const std::string& word : split(cell.text)) {
        const std::size_t equals = word.find('=');
        if (equals == 0 || equals == std::string::npos || word.find('=', equals + 1) != std::string::npos ||
            equals + 1 == word.size()) {
            form.error("bad-parameter", cell, fmt::format("\"{}\" is not understood.", word), "",
                       "write parameters as name=value, separated by spaces.");
            return false;
        }
        const std::string name = lower_case(word.substr(0, equals));
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const std::string_view near = nearest(name, known);
            form.error("unknown-parameter", cell,
                       fmt::format("{} takes no parameter \"{}\". It takes: {}.", item.type.name, name,
                                   joined(known, ", ")),
                       "", near.empty() ? std::string("take it out.") : fmt::format("{} -> {}.", name, near));
            return false;
        }
        item.parameters[name] = word.substr(equals + 1);
    }
    return true;
}

}  // namespace

void read_parameters(Item& item, Form& form) {
    const Written* cell = item.row.cell("parameters");
    const Words known = accepted(item.type);
    if (cell == nullptr || known.empty() || !take_words(item, *cell, known, form))
        return;
    Checks checks(item, *cell, form);
    if (item.type.name == "range")
        checks.range();
    else if (item.type.is_select())
        checks.choices();
    checks.numbers();
    checks.words();
}

bool whole_numbers(const Item& range) {
    return std::all_of(range.parameters.begin(), range.parameters.end(), [](const auto& parameter) {
        return (parameter.first != "start" && parameter.first != "end" && parameter.first != "step") ||
               whole(parameter.second);
    });
}

}  // namespace doorstep::xlsform
