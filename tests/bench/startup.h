// What it costs to be there: the first frame, memory, and idling; against a bare window.
#pragma once

#include <string>

#include "tests/bench/figures.h"

namespace doorstep::bench {

// From before execv to the return of the first present, and memory then.  `folder`
// holds a tablet with a street of many doors.
void measure_first_frame(const std::string& folder, Figures& figures);
// Frames, wake-ups and processor time in 10 s on a real display.
void measure_idle(const std::string& folder, Figures& figures);

}  // namespace doorstep::bench
