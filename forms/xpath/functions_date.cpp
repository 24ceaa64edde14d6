// today now date date-time format-date decimal-date-time decimal-time
#include <array>
#include <cmath>
#include <limits>

#include "forms/xpath/dates.h"
#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Result<Value> now(const Call& call) {
    return Value(date_of_instant(call.at().now_ms, call.coercions().zone));
}

Result<Value> this_day(const Call& call) {
    return Value(today(call.at().now_ms, call.coercions().zone));
}

// Nothing for a blank.
std::optional<Date> date_of(const Value& value, const Coercions& coercions, bool keep_time) {
    if (const auto* date = std::get_if<Date>(&value))
        return *date;
    if (std::holds_alternative<bool>(value))
        return invalid_date();
    if (const auto* number = std::get_if<double>(&value))
        return date_of_number(*number, coercions.zone, keep_time);
    const std::string text = coercions.text(value);
    if (split_blanks(text).empty())
        return std::nullopt;
    if (auto date = parse_printed_date(text, coercions.zone))
        return date;
    return date_of_number(text_number(text), coercions.zone, keep_time);
}

Result<Value> as_date(const Call& call, bool keep_time) {
    TRY(const Value value, call.value(0));
    const auto date = date_of(value, call.coercions(), keep_time);
    return date ? Value(*date) : Value(std::string{});
}

Result<Value> date(const Call& call) {
    return as_date(call, false);
}
Result<Value> date_time(const Call& call) {
    return as_date(call, true);
}

Result<Value> formatted(const Call& call, bool with_time) {
    TRY(const Value value, call.value(0));
    auto date = date_of(value, call.coercions(), with_time);
    if (!date || std::isnan(date->days))
        return Value(std::string{});
    TRY(const std::string format, call.text(1));
    date->has_time = date->has_time && with_time;
    TRY(std::string text, format_date(*date, format));
    return Value(std::move(text));
}

Result<Value> date_formatted(const Call& call) {
    return formatted(call, false);
}
Result<Value> date_time_formatted(const Call& call) {
    return formatted(call, true);
}

Result<Value> decimal_date_time(const Call& call) {
    TRY(const Value value, call.value(0));
    const auto date = date_of(value, call.coercions(), true);
    return Value(date ? call.coercions().number(*date) : not_a_number);
}

Result<Value> decimal_time(const Call& call) {
    TRY(const std::string text, call.text(0));
    const auto ms = parse_time(text, call.coercions().zone);
    return Value(ms ? static_cast<double>(*ms) / day_ms : not_a_number);
}

constexpr std::array functions{
    Function{"now", 0, 0, Gives::any, Reads::outside, now},
    Function{"today", 0, 0, Gives::any, Reads::outside, this_day},
    Function{"date", 1, 1, Gives::any, Reads::arguments, date},
    Function{"date-time", 1, 1, Gives::any, Reads::arguments, date_time},
    Function{"format-date", 2, 2, Gives::text, Reads::arguments, date_formatted},
    Function{"format-date-time", 2, 2, Gives::text, Reads::arguments, date_time_formatted},
    Function{"decimal-date-time", 1, 1, Gives::number, Reads::arguments, decimal_date_time},
    Function{"decimal-time", 1, 1, Gives::number, Reads::arguments, decimal_time},
};

}  // namespace

std::span<const Function> date_functions() {
    return functions;
}

}  // namespace doorstep::xpath
