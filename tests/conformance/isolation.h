// Runs each case where a crash or an endless loop costs only that case.
#pragma once

#include <vector>

#include "tests/conformance/score.h"

namespace doorstep::conformance {

// In a child process, with a new child after one that died.
std::vector<Outcome> run_isolated(const std::vector<const Case*>& cases);

}  // namespace doorstep::conformance
