// Whole forms and lists: each loads, or says why not; none crashes or hangs.
#pragma once

#include "tests/conformance/score.h"

namespace doorstep::conformance {

int run_load(const Options& options);

}  // namespace doorstep::conformance
