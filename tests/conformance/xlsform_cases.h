// The conversions of xlsform.jsonl: a workbook in, assertions on the XForm out.
#pragma once

#include "tests/conformance/score.h"

namespace doorstep::conformance {

// strict_text: fragments of messages must be ours word for word too.
int run_xlsform(const Options& options, bool strict_text);

}  // namespace doorstep::conformance
