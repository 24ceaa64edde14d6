#include "forms/desk/json_shape.h"

#include <fmt/format.h>

namespace doorstep {

std::string too_much_json(std::string_view text) {
    constexpr int deepest = 64;  // coordinates of areas are the deepest that a map has
    constexpr std::size_t most_values = 2'000'000;
    int depth = 0;
    std::size_t values = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{' || c == ',')) {
            depth += c == ',' ? 0 : 1;
            if (depth > deepest)
                return fmt::format("is nested more than {} deep", deepest);
            if (++values > most_values)
                return fmt::format("holds more than {} values", most_values);
        } else if (!quoted && (c == ']' || c == '}'))
            --depth;
    }
    return {};
}

}  // namespace doorstep
