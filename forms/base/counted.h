// A number with its noun, for people: "1 fact is", "12 facts are".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace doorstep {

inline std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    return std::to_string(number).append(" ").append(number == 1 ? one : many);
}

}  // namespace doorstep
