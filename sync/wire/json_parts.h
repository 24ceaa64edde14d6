// Cuts JSON text into its parts without reading them.
//
// Each operation keeps its bytes as they came, and one whose text is broken (bad
// UTF-8, a number out of range) does not take its neighbours along: only nesting
// and quotes must hold.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace doorstep::wire {

struct JsonMember {
    std::string_view name;  // as written, between its quotes
    std::string_view value;
};

// Whether the text is one value, nested no deeper than `depth_max`.
bool is_nested_well(std::string_view json, int depth_max);
// Nothing when the text is not an object, or array, that nests well.
std::optional<std::vector<JsonMember>> members_of(std::string_view object, int depth_max);
std::optional<std::vector<std::string_view>> elements_of(std::string_view array, int depth_max);

}  // namespace doorstep::wire
