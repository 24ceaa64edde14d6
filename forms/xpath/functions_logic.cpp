// true false not boolean if coalesce checklist weighted-checklist ...
#include <array>
#include <cmath>

#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

Result<Value> yes(const Call&) {
    return Value(true);
}
Result<Value> no(const Call&) {
    return Value(false);
}

Result<Value> negation(const Call& call) {
    TRY(const bool value, call.boolean(0));
    return Value(!value);
}

Result<Value> as_boolean(const Call& call) {
    TRY(const bool value, call.boolean(0));
    return Value(value);
}

Result<Value> boolean_from_string(const Call& call) {
    TRY(const std::string text, call.text(0));
    return Value(text == "true" || text == "1");
}

Result<Value> choose(const Call& call) {
    TRY(const bool condition, call.boolean(0));
    return call.value(condition ? 1 : 2);
}

// The first that is not blank, else the last.
Result<Value> coalesce(const Call& call) {
    for (std::size_t i = 0; i + 1 < call.size(); ++i) {
        TRY(Value value, call.value(i));
        const auto* number = std::get_if<double>(&value);
        const bool blank = number ? std::isnan(*number) : call.coercions().text(value).empty();
        if (!blank)
            return value;
    }
    return call.value(call.size() - 1);
}

// A bound of -1 is no bound.
Result<Value> within(const Call& call, double count) {
    TRY(const double least, call.number(0));
    TRY(const double most, call.number(1));
    return Value((least < 0 || count >= least) && (most < 0 || count <= most));
}

Result<Value> checklist(const Call& call) {
    double count = 0;
    for (std::size_t i = 2; i < call.size(); ++i) {
        TRY(const bool value, call.boolean(i));
        count += value ? 1 : 0;
    }
    return within(call, count);
}

Result<Value> weighted_checklist(const Call& call) {
    double count = 0;
    for (std::size_t i = 2; i + 1 < call.size(); i += 2) {
        TRY(const bool value, call.boolean(i));
        TRY(const double weight, call.number(i + 1));
        count += value ? weight : 0;
    }
    return within(call, count);
}

// What the field already holds, if anything.
Result<Value> once(const Call& call) {
    const Node own = call.focus().node;
    if (!call.tree().text(own).empty())
        return Value(NodeSet{{own}, true});
    return call.value(0);
}

constexpr std::array functions{
    Function{"true", 0, 0, Gives::boolean, Reads::arguments, yes},
    Function{"false", 0, 0, Gives::boolean, Reads::arguments, no},
    Function{"not", 1, 1, Gives::boolean, Reads::arguments, negation},
    Function{"boolean", 1, 1, Gives::boolean, Reads::arguments, as_boolean},
    Function{"boolean-from-string", 1, 1, Gives::boolean, Reads::arguments, boolean_from_string},
    Function{"if", 3, 3, Gives::any, Reads::arguments, choose},
    Function{"coalesce", 1, any_number, Gives::any, Reads::arguments, coalesce},
    Function{"checklist", 2, any_number, Gives::boolean, Reads::arguments, checklist},
    Function{"weighted-checklist", 2, any_number, Gives::boolean, Reads::arguments, weighted_checklist},
    Function{"once", 1, 1, Gives::any, Reads::focus, once},
};

}  // namespace

std::span<const Function> logic_functions() {
    return functions;
}

}  // namespace doorstep::xpath
