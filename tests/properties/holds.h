// How often a property is tried.
//
// DOORSTEP_SEQUENCES says how many sequences each property is tried with, 10,000 without
// it; RC_PARAMS ("seed=7", "reproduce=...") is rapidcheck's own and rules the rest.
// Without it every run is the same, and a failure prints how to see it again.
#pragma once

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "forms/base/random.h"

namespace doorstep::test {

// Making a form or a document costs as much as using it many times.
inline constexpr int sequences_per_try = 8;

inline int tries() {
    const char* said = std::getenv("DOORSTEP_SEQUENCES");
    return std::max(1, (said ? std::atoi(said) : 10'000) / sequences_per_try);
}

// A smaller number is no simpler a case: seeds are not shrunk, and do not begin small.
inline rc::Gen<std::uint64_t> any_seed() {
    return rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
}

inline std::vector<std::uint64_t> seeds_from(std::uint64_t seed, int many) {
    SeededRandom random(seed);
    std::vector<std::uint64_t> all(static_cast<std::size_t>(many));
    for (std::uint64_t& one : all)
        one = random.next();
    return all;
}

// Fewer of them when the property fails: those without which it holds.
inline rc::Gen<std::vector<std::uint64_t>> any_seeds(int many) {
    return rc::gen::shrink(
        rc::gen::map(any_seed(), [many](std::uint64_t seed) { return seeds_from(seed, many); }),
        [](std::vector<std::uint64_t> all) { return rc::shrink::removeChunks(std::move(all)); });
}

// rapidcheck reads its parameters once in a program, so all properties are tried equally often.
template<class Property>
void holds(const char* name, const Property& property) {
    const char* said = std::getenv("RC_PARAMS");
    const std::string before = said ? said : "";
    const std::string seed = before.find("seed=") == std::string::npos ? " seed=20130608" : "";
    const std::string most =
        before.find("max_success=") == std::string::npos ? " max_success=" + std::to_string(tries()) : "";
    setenv("RC_PARAMS", (before + seed + most).c_str(), 1);
    CHECK(rc::check(name, property));
}

}  // namespace doorstep::test
