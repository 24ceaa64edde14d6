// Random forms that always load.
#pragma once

#include <string>

#include "forms/base/random.h"

namespace doorstep::test {

// Questions q0, q1 ... at the top, in groups, in repeats and in repeats inside
// them, all in one group behind /data/gate, and a restricted one; relevance, calculations, constraints,
// choice filters, actions and rules read only what stands before them, so that there is no cycle.
struct FormWishes {
    bool counts = true;          // repeats that the form itself counts
    bool once = true;            // calculations that keep what they held
    bool actions = true;         // values set when another changes, or in a new instance
    bool calculated_too = true;  // officers write over calculations
};
std::string random_form(Random& random, const FormWishes& wishes = {});

}  // namespace doorstep::test
