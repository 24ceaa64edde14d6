// What a question takes, and what is wrong with what it got.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "forms/base/calendar.h"
#include "forms/session/state.h"

namespace doorstep {
namespace {

std::optional<double> number_in(std::string_view text) {
    double value = 0;
    const auto [end, fault] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

bool is_integer(std::string_view text) {
    constexpr std::size_t most_digits = 18;
    if (text.starts_with('-'))
        text.remove_prefix(1);
    return !text.empty() && text.size() <= most_digits &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<unsigned> two_digits(std::string_view text) {
    if (text.size() < 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return std::nullopt;
    return static_cast<unsigned>(text[0] - '0') * 10 + static_cast<unsigned>(text[1] - '0');
}

bool is_zone(std::string_view text) {
    if (text.empty() || text == "Z")
        return true;
    if (text[0] != '+' && text[0] != '-')
        return false;
    const auto hours = two_digits(text.substr(1));
    text.remove_prefix(std::min<std::size_t>(text.size(), 3));
    if (text.starts_with(':'))
        text.remove_prefix(1);
    return hours && *hours <= 14 &&
           (text.empty() || (text.size() == 2 && two_digits(text).value_or(99) < 60));
}

// HH:MM, HH:MM:SS, HH:MM:SS.fff, each maybe with a zone.
bool is_time(std::string_view text) {
    if (text.size() < 5 || two_digits(text).value_or(99) > 23 || text[2] != ':' ||
        two_digits(text.substr(3)).value_or(99) > 59)
        return false;
    text.remove_prefix(5);
    if (text.starts_with(':')) {
        if (two_digits(text.substr(1)).value_or(99) > 59)
            return false;
        text.remove_prefix(3);
        if (text.starts_with('.')) {
            const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
            if (end == 1)
                return false;
            text.remove_prefix(end);
        }
    }
    return is_zone(text);
}

bool is_date_time(std::string_view text) {
    const std::size_t between = text.find('T');
    if (!Day::parse(text.substr(0, between)))
        return false;
    return between == std::string_view::npos || is_time(text.substr(between + 1));
}

bool is_point(std::string_view text) {
    const auto parts = chosen_values(text);
    if (parts.size() < 2 || parts.size() > 4)
        return false;
    for (const std::string_view part : parts)
        if (!number_in(part))
            return false;
    return std::fabs(*number_in(parts[0])) <= 90 && std::fabs(*number_in(parts[1])) <= 180;
}

bool in_range(const Control& control, std::string_view text) {
    const auto value = number_in(text);
    if (!value)
        return false;
    if (!control.start || !control.end)
        return true;
    return *value >= std::min(*control.start, *control.end) &&
           *value <= std::max(*control.start, *control.end);
}

QuestionType type_of_input(const Bind& bind, bool computed_readonly) {
    static const std::unordered_map<std::string, QuestionType> types{
        {"int", QuestionType::integer},      {"integer", QuestionType::integer},
        {"decimal", QuestionType::decimal},  {"date", QuestionType::date},
        {"time", QuestionType::time},        {"dateTime", QuestionType::date_time},
        {"geopoint", QuestionType::geopoint}};
    const auto known = types.find(bind.type);
    if (known != types.end())
        return known->second;
    return computed_readonly ? QuestionType::note : QuestionType::text;
}

}  // namespace

bool is_of_rule(const SessionState& state, std::uint32_t vertex) {
    return vertex < state.graph->vertices.size() && state.graph->vertices[vertex].rule != nowhere;
}

QuestionType type_of(const SessionState& state, NodeId node) {
    const Template& form = state.instance.form_of(node);
    if (form.control == nowhere)
        return form.repeat ? QuestionType::repeat : form.leaf() ? QuestionType::hidden : QuestionType::group;
    const Control& control = state.content->controls[form.control];
    switch (control.kind) {
    case ControlKind::input:
        return type_of_input(form.bind, form.bind.readonly && form.bind.readonly->written == "true()");
    case ControlKind::select_one:
        return QuestionType::select_one;
    case ControlKind::select_multiple:
        return QuestionType::select_multiple;
    case ControlKind::rank:
        return QuestionType::rank;
    case ControlKind::range:
        return QuestionType::range;
    case ControlKind::trigger:
        return QuestionType::acknowledge;
    case ControlKind::upload:
        return control.media_type.starts_with("image/") ? QuestionType::image : QuestionType::file;
    case ControlKind::group:
        return QuestionType::group;
    case ControlKind::repeat:
        return QuestionType::repeat;
    }
    return QuestionType::hidden;
}

bool fits_type(const SessionState& state, NodeId node) {
    const Template& form = state.instance.form_of(node);
    const std::string& text = state.instance[node].text;
    switch (type_of(state, node)) {
    case QuestionType::integer:
        return is_integer(text);
    case QuestionType::decimal:
        return number_in(text).has_value();
    case QuestionType::date:
        // A date that an expression made may carry its time.
        return is_date_time(text);
    case QuestionType::time:
        return is_time(text) || is_date_time(text);
    case QuestionType::date_time:
        return is_date_time(text);
    case QuestionType::geopoint:
        return is_point(text);
    case QuestionType::range:
        return in_range(state.content->controls[form.control], text);
    default:
        return true;
    }
}

Violation violation_of(const SessionState& state, NodeId node) {
    const InstanceNode& one = state.instance[node];
    if (!one.relevant)
        return Violation::none;
    for (auto at = state.errors.lower_bound({node, 0}); at != state.errors.end() && at->first.first == node;
         ++at)
        if (!is_of_rule(state, at->first.second))
            return Violation::cannot_compute;
    const Template& form = state.instance.form_of(node);
    if (!form.leaf() || one.is_counter)
        return Violation::none;
    if (one.kind == AnswerKind::given) {
        if (!one.type_fits)
            return Violation::type;
        if (!one.in_list)
            return Violation::not_in_list;
        if (!one.constraint_holds)
            return Violation::constraint;
    }
    return one.required && one.kind == AnswerKind::blank ? Violation::required : Violation::none;
}

std::string violation_text(const SessionState& state, NodeId node) {
    const Bind& bind = state.instance.form_of(node).bind;
    switch (state.instance[node].violation) {
    case Violation::none:
        return {};
    case Violation::required:
        return spoken(state, bind.required_message, node, state.language);
    case Violation::constraint:
        return spoken(state, bind.constraint_message, node, state.language);
    case Violation::type:
    case Violation::not_in_list:
        return {};
    case Violation::cannot_compute:
        return state.errors.lower_bound({node, 0})->second;
    }
    return {};
}

}  // namespace doorstep
