// selected selected-at count-selected, and what only the form knows:
// jr:choice-name jr:itext property version
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

std::string spaced(std::string_view text) {
    const auto words = split_blanks(text);
    return fmt::format(" {} ", fmt::join(words, " "));
}

Result<Value> selected(const Call& call) {
    TRY(const std::string list, call.text(0));
    TRY(const std::string value, call.text(1));
    return Value(spaced(list).find(spaced(value)) != std::string::npos);
}

Result<Value> selected_at(const Call& call) {
    TRY(const std::string list, call.text(0));
    TRY(const double index, call.number(1));
    const auto words = split_blanks(list);
    const bool there = index >= 0 && index < static_cast<double>(words.size());
    return Value(there ? std::string(words[static_cast<std::size_t>(index)]) : std::string{});
}

Result<Value> count_selected(const Call& call) {
    TRY(const std::string list, call.text(0));
    return Value(static_cast<double>(split_blanks(list).size()));
}

Result<Value> choice_name(const Call& call) {
    TRY(const std::string value, call.text(0));
    TRY(const std::string path, call.text(1));
    return Value(call.at().choice_name ? call.at().choice_name(value, path) : std::string{});
}

Result<Value> itext(const Call& call) {
    TRY(const std::string id, call.text(0));
    return Value(call.at().itext ? call.at().itext(id) : std::string{});
}

Result<Value> property(const Call& call) {
    TRY(const std::string name, call.text(0));
    return Value(call.at().property ? call.at().property(name) : std::string{});
}

Result<Value> version(const Call& call) {
    return Value(call.at().property ? call.at().property("version") : std::string{});
}

constexpr std::array functions{
    Function{"selected", 2, 2, Gives::boolean, Reads::arguments, selected},
    Function{"selected-at", 2, 2, Gives::text, Reads::arguments, selected_at},
    Function{"count-selected", 1, 1, Gives::number, Reads::arguments, count_selected},
    Function{"jr:choice-name", 2, 2, Gives::text, Reads::outside, choice_name},
    Function{"jr:itext", 1, 1, Gives::text, Reads::outside, itext},
    Function{"property", 1, 1, Gives::text, Reads::outside, property},
    Function{"version", 0, 0, Gives::text, Reads::outside, version},
};

}  // namespace

std::span<const Function> choice_functions() {
    return functions;
}

}  // namespace doorstep::xpath
