// The sets of single expressions: xpath.jsonl and xpath_javarosa.jsonl.
#pragma once

#include "tests/conformance/score.h"

namespace doorstep::conformance {

int run_xpath(const Options& options);

}  // namespace doorstep::conformance
