#include "forms/session/typed.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "forms/base/calendar.h"

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

// 32 bits, as the field keeps whole numbers.
bool is_integer(std::string_view text) {
    std::int32_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() && end == text.data() + text.size();
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
    return hours && *hours <= 14 &&
           (text.empty() ||
            (text.size() == 3 && text[0] == ':' && two_digits(text.substr(1)).value_or(99) < 60));
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

// A line has two points, the shape of an area three; a semicolon may end the last.
bool are_points(std::string_view text, std::size_t least) {
    std::size_t points = 0;
    while (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        const std::size_t end = std::min(text.find(';'), text.size());
        if (!is_point(text.substr(0, end)))
            return false;
        ++points;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return points >= least;
}

// "10.1" is 10 where whole numbers are kept, as it is for what is computed.
std::string whole_part(std::string text) {
    const std::size_t point = text.find('.');
    const auto digits = [](std::string_view part) {
        return part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (point == std::string::npos || !is_integer(std::string_view(text).substr(0, point)) ||
        !digits(std::string_view(text).substr(point + 1)))
        return text;
    return text.substr(0, point) == "-0" ? "0" : text.substr(0, point);
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

// A date without its time, a time without its date, where a moment in full was given.
// With a zone of its own a moment may be another day here: it is left as it is.
std::string part_of_moment(QuestionType type, std::string text) {
    const std::size_t between = text.find('T');
    if (between == std::string::npos || !Day::parse(text.substr(0, between)))
        return text;
    return type == QuestionType::date ? text.substr(0, between) : text.substr(between + 1);
}

}  // namespace

QuestionType type_of(const FormContent& content, const Template& form) {
    if (form.control == nowhere)
        return form.repeat ? QuestionType::repeat : form.leaf() ? QuestionType::hidden : QuestionType::group;
    const Control& control = content.controls[form.control];
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

namespace {

// A list that is written in the form never changes; one that is looked up may.
const std::vector<Item>* fixed_list(const FormContent& content, const Template& form) {
    if (form.control == nowhere)
        return nullptr;
    const Control& control = content.controls[form.control];
    return control.items.empty() || control.itemset ? nullptr : &control.items;
}

bool all_listed(const std::vector<Item>& items, const std::vector<std::string_view>& values) {
    return std::all_of(values.begin(), values.end(), [&](std::string_view value) {
        return std::any_of(items.begin(), items.end(), [&](const Item& item) { return item.value == value; });
    });
}

}  // namespace

bool has_fixed_list(const FormContent& content, const Template& form) {
    return fixed_list(content, form) != nullptr;
}

bool fits_type(const FormContent& content, const Template& form, std::string_view text) {
    if (const auto* items = fixed_list(content, form))
        return all_listed(*items, content.controls[form.control].kind == ControlKind::select_one
                                      ? std::vector{text}
                                      : chosen_values(text));
    const QuestionType shown = type_of(content, form);
    if (form.bind.type == "geotrace" || form.bind.type == "geoshape")
        return are_points(text, form.bind.type == "geotrace" ? 2 : 3);
    switch (shown == QuestionType::hidden ? type_of_input(form.bind, false) : shown) {
    case QuestionType::integer:
        return is_integer(text);
    case QuestionType::decimal:
        return number_in(text).has_value();
    case QuestionType::date:
        return Day::parse(text).has_value();
    case QuestionType::time:
        return is_time(text);
    case QuestionType::date_time:
        return is_date_time(text);
    case QuestionType::geopoint:
        return is_point(text);
    case QuestionType::range:
        return in_range(content.controls[form.control], text);
    default:
        return true;
    }
}

std::string tidied(const FormContent& content, const Template& form, std::string text) {
    const QuestionType type = type_of(content, form);
    if (type == QuestionType::date && text.find('T') != std::string::npos) {
        const std::string time = text.substr(text.find('T') + 1);
        const bool local = is_time(time) && time.find_first_of("Z+-") == std::string::npos;
        return local ? part_of_moment(type, std::move(text)) : text;
    }
    if (type == QuestionType::integer)
        return whole_part(std::move(text));
    if (type != QuestionType::select_multiple && type != QuestionType::rank)
        return text;
    std::string tidy;
    std::unordered_set<std::string_view> seen;
    for (const std::string_view value : chosen_values(text)) {
        // Chosen is chosen; a ranking that names one twice is told so.
        if (type == QuestionType::select_multiple && !seen.insert(value).second)
            continue;
        tidy += tidy.empty() ? "" : " ";
        tidy += value;
    }
    return tidy;
}

std::string kept_text(const Bind& bind, const xpath::Value& value, const xpath::Tree& tree,
                      int utc_offset_minutes) {
    const QuestionType type = type_of_input(bind, false);
    if (const auto* boolean = std::get_if<bool>(&value); boolean && type == QuestionType::integer)
        return *boolean ? "1" : "0";
    if (const auto* number = std::get_if<double>(&value); number && std::isnan(*number))
        return {};
    if (const auto* date = std::get_if<xpath::Date>(&value); date && std::isnan(date->days))
        return {};
    if (type == QuestionType::integer)
        if (const double amount = xpath::to_number(value, tree); std::isfinite(amount))
            return xpath::number_text(std::trunc(amount));
    std::string text = xpath::to_text(value, tree, utc_offset_minutes);
    return type == QuestionType::date || type == QuestionType::time ? part_of_moment(type, std::move(text))
                                                                    : text;
}

std::vector<std::string_view> chosen_values(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    std::vector<std::string_view> values;
    for (std::size_t at = text.find_first_not_of(blank); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(blank, at), text.size());
        values.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(blank, end);
    }
    return values;
}

}  // namespace doorstep
