// doorstep-forms run as a process of its own, held to limits by the kernel.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "tests/forms/desk/hostile_files.h"

namespace doorstep {

struct RunLimits {
    unsigned seconds = 2;  // of computing
    // Of address space.  Nothing with sanitizers, whose shadow alone is larger: there the
    // counted bounds of the readers hold memory (tests/forms/workbook).
    std::optional<std::size_t> bytes = std::size_t{256} << 20;
};

struct HostileRun {
    int status = -1;     // as waitpid tells it
    std::string output;  // both streams
    double seconds = 0;
    double mebibytes = 0;  // resident, at most

    // What is wrong with the run, or nothing.
    std::string complaint(const HostileFile& file) const;
};

// Writes the file and what stands beside it into `folder`, and runs `program` on it.
HostileRun run_hostile(const std::string& program, const HostileFile& file, const std::string& folder,
                       const RunLimits& limits);
HostileRun run_limited(const std::vector<std::string>& arguments, const RunLimits& limits);

}  // namespace doorstep
