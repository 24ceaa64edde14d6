// Resident memory of a program that holds one form and one session.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

// Beyond what an empty program of the same kind holds.
Result<void> measure_memory(int questions, Figures& figures);

// The child: loads the file, or what is compiled of it in the folder `cache`, begins, says
// "ready" and waits to be ended; with the file "nothing" it only waits.
int hold_form(const std::string& file, const std::string& cache);

}  // namespace doorstep::bench
