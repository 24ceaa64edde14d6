// Look-ups in lists beside the form.
#pragma once

#include "tests/bench/figures.h"

namespace doorstep::bench {

void measure_list(int rows, Figures& figures);

}  // namespace doorstep::bench
