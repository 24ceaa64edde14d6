// What searching a borough costs, and taking its addresses in.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

// Keystrokes at 42,700 and 500,000 addresses, an index of 50,000 contacts, lists of
// addresses from their text to the store and into an index.
Result<void> measure_search(Figures& figures);

}  // namespace doorstep::bench
