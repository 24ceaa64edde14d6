// From a finger that leaves the glass to the frame that shows what it chose.
#pragma once

#include "forms/base/result.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

// 200 taps on the choices of a question; real threads and a real store below `folder`,
// which holds a tablet with a street.
Result<void> measure_taps(const std::string& folder, Figures& figures);

}  // namespace doorstep::bench
