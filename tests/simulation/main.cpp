// doorstep-simulation: seed after seed of tablets, network and centre; every
// promise of the sync is checked, and a broken one tells how to see it again.
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>

#include "tests/simulation/series.h"

using namespace doorstep::simulation;

int main(int argc, char** argv) {
    // Lists and parcels are real files: in memory where there is a place for that.
    if (::access("/dev/shm", W_OK) == 0)
        ::setenv("TMPDIR", "/dev/shm", 0);
    // Memory that one run gave back is the next one's: the system is not asked for each frame again.
    ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
    ::mallopt(M_TOP_PAD, 8 << 20);
    CLI::App app("Deterministic runs of tablets, network, disks and endpoint.");
    Series series;
    std::string faults;
    bool expect_found = false;
    app.add_option("--seeds", series.seeds, "How many runs");
    app.add_option("--from", series.from, "The first seed");
    app.add_option("--also", series.also, "Seeds that are run besides, with --jobs above 1")->delimiter(',');
    app.add_option("--faults", faults, "Only these, of what a seed switches on: " + fault_names());
    app.add_option("--mutant", series.mutant_name, "A deliberate mistake: " + mutant_names());
    bool all_mutants = false;
    app.add_flag("--all-mutants", all_mutants, "Each deliberate mistake in turn; each must be found");
    app.add_option("--jobs", series.jobs, "Processes; what is found does not depend on it");
    app.add_option("--busy", series.busy, "Percent of what a seed has everybody do");
    app.add_flag("--expect-found", expect_found, "Stop at a broken promise, and succeed");
    app.add_flag("--trace", series.trace, "Print everything that happens");
    CLI11_PARSE(app, argc, argv);
    if (!faults.empty()) {
        series.only = parse_faults(faults);
        if (!series.only) {
            fmt::print(stderr, "--faults: known are {}\n", fault_names());
            return 2;
        }
    }
    if (!series.mutant_name.empty()) {
        const auto mutant = parse_mutant(series.mutant_name);
        if (!mutant) {
            fmt::print(stderr, "--mutant: known are {}\n", mutant_names());
            return 2;
        }
        series.mutant = *mutant;
    }
    if (all_mutants)
        return run_all_mutants(series) == 0 ? 0 : 1;
    series.until_found = expect_found;
    const bool found = run(series) > 0;
    return found == expect_found ? 0 : 1;
}
