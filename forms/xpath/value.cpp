#include "forms/xpath/value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "forms/xpath/dates.h"

namespace doorstep::xpath {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view blanks = " \t\r\n";

bool all_digits(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string first_text(const NodeSet& set, const Tree& tree) {
    return set.nodes.empty() ? std::string{} : tree.text(set.nodes.front());
}

}  // namespace

std::string number_text(double number) {
    if (std::isnan(number))
        return "NaN";
    if (std::isinf(number))
        return number < 0 ? "-Infinity" : "Infinity";
    if (number == 0)
        return "0";
    // Wide enough for the smallest number that is not 0.
    std::array<char, 1100> buffer;
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
    return {buffer.data(), end.ptr};
}

double text_number(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return not_a_number;
    text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
    const bool negative = text.starts_with('-');
    if (negative)
        text.remove_prefix(1);
    const auto point = text.find('.');
    const auto before = text.substr(0, point);
    const auto after = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (!all_digits(before) || !all_digits(after) || before.size() + after.size() == 0)
        return not_a_number;
    double value = 0;
    const auto read =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (read.ec == std::errc::result_out_of_range)
        value = before.find_first_not_of('0') == std::string_view::npos ? 0 : HUGE_VAL;
    return negative ? -value : value;
}

double Coercions::number(const Date& date) const {
    if (std::isnan(date.days))
        return not_a_number;
    return (static_cast<double>(local_ms(date)) - zone.offset_minutes * 60'000.0) / day_ms;
}

double Coercions::number(std::string_view text) const {
    const double plain = text_number(text);
    if (!dates || !std::isnan(plain))
        return plain;
    const auto date = parse_date(text, zone);
    return date ? number(*date) : not_a_number;
}

double Coercions::number(const Value& value) const {
    switch (value.index()) {
    case 0:
        return std::get<double>(value);
    case 1:
        return number(std::string_view{std::get<std::string>(value)});
    case 2:
        return std::get<bool>(value) ? 1 : 0;
    case 3:
        return number(std::string_view{first_text(std::get<NodeSet>(value), tree)});
    default:
        return number(std::get<Date>(value));
    }
}

std::string Coercions::text(const Date& date) const {
    return date_text(date, zone);
}

std::string Coercions::text(const Value& value) const {
    switch (value.index()) {
    case 0:
        return number_text(std::get<double>(value));
    case 1:
        return std::get<std::string>(value);
    case 2:
        return std::get<bool>(value) ? "true" : "false";
    case 3:
        return first_text(std::get<NodeSet>(value), tree);
    default:
        return text(std::get<Date>(value));
    }
}

bool Coercions::boolean(const Value& value) const {
    switch (value.index()) {
    case 0:
        return std::get<double>(value) != 0 && !std::isnan(std::get<double>(value));
    case 1:
        return !std::get<std::string>(value).empty();
    case 2:
        return std::get<bool>(value);
    case 3:
        return !std::get<NodeSet>(value).nodes.empty();
    default:
        return !std::isnan(std::get<Date>(value).days);
    }
}

std::optional<Date> Coercions::date(const Value& value) const {
    if (const auto* date = std::get_if<Date>(&value))
        return *date;
    if (!dates)
        return std::nullopt;
    if (const auto* text = std::get_if<std::string>(&value))
        return parse_date(*text, zone);
    if (const auto* set = std::get_if<NodeSet>(&value))
        return parse_date(first_text(*set, tree), zone);
    return std::nullopt;
}

double to_number(const Value& value, const Tree& tree, int utc_offset_minutes) {
    return Coercions{tree, {utc_offset_minutes, nullptr}}.number(value);
}

std::string to_text(const Value& value, const Tree& tree, int utc_offset_minutes) {
    return Coercions{tree, {utc_offset_minutes, nullptr}}.text(value);
}

bool to_boolean(const Value& value, const Tree& tree) {
    return Coercions{tree, {}}.boolean(value);
}

}  // namespace doorstep::xpath
