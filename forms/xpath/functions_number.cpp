// number int round floor ceiling sum min max abs pow sqrt sin ...
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

Result<Value> as_number(const Call& call) {
    if (call.size() == 0)
        return Value(call.coercions().number(std::string_view{call.tree().text(call.focus().node)}));
    TRY(const double number, call.number(0));
    return Value(number);
}

template<double (*of)(double)>
Result<Value> apply(const Call& call) {
    TRY(const double number, call.number(0));
    return Value(of(number));
}

template<double (*of)(double, double)>
Result<Value> apply_two(const Call& call) {
    TRY(const double first, call.number(0));
    TRY(const double second, call.number(1));
    return Value(of(first, second));
}

double truncated(double x) {
    return std::trunc(x);
}
double floored(double x) {
    return std::floor(x);
}
double raised(double x) {
    return std::ceil(x);
}
double absolute(double x) {
    return std::fabs(x);
}
double natural_log(double x) {
    return std::log(x);
}
double decimal_log(double x) {
    return std::log10(x);
}
double exponential(double x) {
    return std::exp(x);
}
double power_of_ten(double x) {
    return std::pow(10, x);
}
double root(double x) {
    return std::sqrt(x);
}
double sine(double x) {
    return std::sin(x);
}
double cosine(double x) {
    return std::cos(x);
}
double tangent(double x) {
    return std::tan(x);
}
double arc_sine(double x) {
    return std::asin(x);
}
double arc_cosine(double x) {
    return std::acos(x);
}
double arc_tangent(double x) {
    return std::atan(x);
}
double arc_tangent_of(double y, double x) {
    return std::atan2(y, x);
}

double power(double base, double exponent) {
    // C takes 1 for any power of 1; forms do not know the exponent then.
    return std::isnan(exponent) ? exponent : std::pow(base, exponent);
}

Result<Value> pi(const Call&) {
    return Value(std::numbers::pi);
}

// Rounds the number as it is written, so that 2.15 to one digit is 2.2 although
// the double is a little less.  Halves go away from zero.
double round_decimal(double number, int places) {
    if (!std::isfinite(number) || number == 0 || places > 400)
        return number;
    if (places < -400)
        return std::copysign(0.0, number);
    // "d.ddde+xx": the digits and where the point stands.
    std::array<char, 40> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(number),
                                   std::chars_format::scientific);
    const std::string_view written(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
    const auto mark = written.find('e');
    int exponent = 0;
    const auto* digits_of_exponent = written.data() + mark + (written[mark + 1] == '+' ? 2 : 1);
    std::from_chars(digits_of_exponent, written.data() + written.size(), exponent);
    std::string digits(1, '0');  // room for a carry
    for (const char c : written.substr(0, mark))
        if (c != '.')
            digits += c;
    // How many of the digits stay, counted from the first real one.
    const int kept = exponent + 1 + places;
    if (kept < 0)
        return std::copysign(0.0, number);
    const auto cut = static_cast<std::size_t>(kept) + 1;
    if (cut >= digits.size())
        return number;
    const bool up = digits[cut] >= '5';
    digits.resize(cut);
    for (std::size_t i = cut; up && i-- > 0;) {
        digits[i] = digits[i] == '9' ? '0' : static_cast<char>(digits[i] + 1);
        if (digits[i] != '0')
            break;
    }
    digits += "e" + std::to_string(-places);
    double value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec == std::errc::result_out_of_range)
        return number;
    return std::copysign(value, number);
}

Result<Value> round(const Call& call) {
    TRY(const double number, call.number(0));
    if (call.at().pure_xpath_1)
        return Value(number < 0 && number >= -0.5 ? -0.0 : std::floor(number + 0.5));
    if (call.size() == 1)
        return Value(round_decimal(number, 0));
    TRY(const double places, call.number(1));
    if (std::isnan(places))
        return Value(places);
    return Value(round_decimal(number, static_cast<int>(std::clamp(places, -1000.0, 1000.0))));
}

// Blanks are left out, as in JavaRosa; a text that is no number makes the sum NaN.
Result<Value> sum(const Call& call) {
    TRY(const NodeSet set, call.nodes(0));
    double total = 0;
    for (const Node node : set.nodes) {
        const std::string text = call.tree().text(node);
        if (!text.empty() || call.at().pure_xpath_1)
            total += call.coercions().number(std::string_view{text});
    }
    return Value(total);
}

template<bool (*better)(double, double)>
Result<Value> extreme(const Call& call) {
    TRY(const auto texts, call.texts(0));
    double found = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const double number = call.coercions().number(std::string_view{texts[i]});
        if (std::isnan(number))
            return Value(number);
        if (i == 0 || better(number, found))
            found = number;
    }
    return Value(found);
}

bool less(double a, double b) {
    return a < b;
}
bool more(double a, double b) {
    return a > b;
}

constexpr Function of_one(std::string_view name, Result<Value> (*run)(const Call&)) {
    return {name, 1, 1, Gives::number, Reads::arguments, run};
}

constexpr std::array functions{
    Function{"number", 0, 1, Gives::number, Reads::focus_if_bare, as_number},
    of_one("int", apply<truncated>),
    of_one("floor", apply<floored>),
    of_one("ceiling", apply<raised>),
    Function{"round", 1, 2, Gives::number, Reads::arguments, round},
    of_one("sum", sum),
    Function{"min", 1, any_number, Gives::number, Reads::arguments, extreme<less>},
    Function{"max", 1, any_number, Gives::number, Reads::arguments, extreme<more>},
    of_one("abs", apply<absolute>),
    Function{"pow", 2, 2, Gives::number, Reads::arguments, apply_two<power>},
    of_one("log", apply<natural_log>),
    of_one("log10", apply<decimal_log>),
    of_one("exp", apply<exponential>),
    of_one("exp10", apply<power_of_ten>),
    of_one("sqrt", apply<root>),
    of_one("sin", apply<sine>),
    of_one("cos", apply<cosine>),
    of_one("tan", apply<tangent>),
    of_one("asin", apply<arc_sine>),
    of_one("acos", apply<arc_cosine>),
    of_one("atan", apply<arc_tangent>),
    Function{"atan2", 2, 2, Gives::number, Reads::arguments, apply_two<arc_tangent_of>},
    Function{"pi", 0, 0, Gives::number, Reads::arguments, pi},
};

}  // namespace

std::span<const Function> number_functions() {
    return functions;
}

}  // namespace doorstep::xpath
