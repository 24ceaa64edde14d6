// How much of a long run is done: little in the test run, more in the night.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace doorstep::faults {

inline std::uint64_t how_many(const char* variable, std::uint64_t usual) {
    const char* asked = std::getenv(variable);
    const auto number = asked ? std::strtoull(asked, nullptr, 10) : 0;
    return number > 0 ? number : usual;
}

}  // namespace doorstep::faults
