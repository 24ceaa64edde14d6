// doorstep-forms-hostile: the built doorstep-forms against every file that is made to
// hurt, two seconds and 256 MiB each, held by the kernel.  For a build without
// sanitizers; test-forms-desk runs the same files with them.  Status 1 when one fails.
#include <fmt/format.h>

#include <algorithm>

#include "tests/forms/desk/hostile_run.h"
#include "tests/support/temporary_folder.h"

int main() {
    using namespace doorstep;
    const TemporaryFolder folder;
    int failed = 0;
    std::size_t done = 0;
    HostileRun most;
    for (const HostileFile& file : hostile_files()) {
        const HostileRun run =
            run_hostile(DOORSTEP_FORMS, file, folder.file(std::to_string(++done)), RunLimits{});
        const std::string complaint = run.complaint(file);
        failed += complaint.empty() ? 0 : 1;
        most.seconds = std::max(most.seconds, run.seconds);
        most.mebibytes = std::max(most.mebibytes, run.mebibytes);
        fmt::print("{:<16} {:5.2f} s {:6.1f} MiB  {}\n", file.name, run.seconds, run.mebibytes,
                   complaint.empty() ? "refused with its message" : "FAILED: " + complaint);
    }
    fmt::print(
        "{} hostile files, {} failed; at most {:.2f} s of computing (allowed 2) and {:.1f} MiB (allowed "
        "256 of address space)\n",
        done, failed, most.seconds, most.mebibytes);
    return failed == 0 ? 0 : 1;
}
