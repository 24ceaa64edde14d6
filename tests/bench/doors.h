// 42,700 doors under a flinging finger.
#pragma once

#include "forms/base/result.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

Result<void> measure_doors(Figures& figures);

}  // namespace doorstep::bench
