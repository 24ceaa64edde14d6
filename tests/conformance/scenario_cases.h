// Forms being filled, step by step, as another engine was seen to behave.
#pragma once

#include "tests/conformance/score.h"

namespace doorstep::conformance {

int run_scenarios(const Options& options);

}  // namespace doorstep::conformance
