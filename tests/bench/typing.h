// From a finger to the disk, on a disk that takes 50 ms for each sync.
#pragma once

#include "forms/base/result.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

// 10 letters a second into a text, then 4 taps a second on choices; the writer thread and
// the sealed store below `folder`, which holds a tablet with a street.
Result<void> measure_typing(const std::string& folder, Figures& figures);

}  // namespace doorstep::bench
