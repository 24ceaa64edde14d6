// Cuts the power at every moment of a day, reopens what survived and compares it with
// what had been acknowledged.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/faults/small_day.h"
#include "tests/support/faulty_disk.h"

namespace doorstep::faults {

struct PowerPlan {
    std::uint64_t seed = 1;
    Sealing sealing = Sealing::rows;
    std::size_t steps = 24;
    std::uint64_t points_max = 1'000'000;
    // A deliberate mistake, made after each opening.
    std::function<void(Tablet&)> mistake;
    bool disk_lies = false;
    bool stops_when_wrong = false;
};

struct PowerScore {
    std::uint64_t points = 0;
    std::uint64_t wrong = 0;  // not a prefix, or more than the one step in flight
    std::string first_wrong;

    void add(const PowerScore& other);
};

PowerScore cut_everywhere(const PowerPlan& plan);

}  // namespace doorstep::faults
