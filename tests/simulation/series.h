// Seed after seed, in one or several processes, and for one that fails the smallest run that
// still does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace doorstep::simulation {

struct Series {
    std::vector<std::uint64_t> also;  // seeds that once failed, run besides
    std::uint64_t seeds = 500;
    std::uint64_t from = 1;
    std::optional<Faults> only;  // of what a seed switches on
    Mutant mutant = Mutant::none;
    std::string mutant_name;
    std::uint64_t busy = 100;
    bool trace = false;
    bool until_found = false;  // stops at the first that fails
    unsigned jobs = 1;         // processes; the outcome is the same for any number
};

// The number of seeds that failed; each is told on the standard output, in their order.
std::uint64_t run(const Series& series);
// How many of the deliberate mistakes were not found.
std::uint64_t run_all_mutants(const Series& series);

}  // namespace doorstep::simulation
