// How often a property is tried.
//
// DOORSTEP_SEQUENCES says how many sequences a run tries of the costly properties, 10,000
// without it; RC_PARAMS ("seed=7 max_size=20") is rapidcheck's own and rules the rest.
// Without it every run is the same, and a failure prints how to see it again.
#pragma once

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace doorstep::test {

inline int sequences() {
    const char* said = std::getenv("DOORSTEP_SEQUENCES");
    return said ? std::max(1, std::atoi(said)) : 10'000;
}

template<class Property>
void holds(const char* name, int times, const Property& property) {
    const char* said = std::getenv("RC_PARAMS");
    const std::string before = said ? said : "";
    const std::string seed = before.find("seed=") == std::string::npos ? " seed=20130608" : "";
    const std::string most =
        before.find("max_success=") == std::string::npos ? " max_success=" + std::to_string(times) : "";
    setenv("RC_PARAMS", (before + seed + most).c_str(), 1);
    CHECK(rc::check(name, [&property] { property(*rc::gen::arbitrary<std::uint64_t>()); }));
    if (said)
        setenv("RC_PARAMS", before.c_str(), 1);
    else
        unsetenv("RC_PARAMS");
}

}  // namespace doorstep::test
