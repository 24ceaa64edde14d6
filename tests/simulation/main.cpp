// doorstep-simulation: seed after seed of tablets, network and centre; every promise
// of the sync is checked, and a broken one tells how to see it again.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tests/simulation/world.h"

using namespace doorstep;
using namespace doorstep::simulation;

namespace {

// Every fiftieth seed runs twice: the same seed must always give the same run.
constexpr std::uint64_t again_every = 50;

struct Options {
    std::uint64_t seeds = 500;
    std::uint64_t from = 1;
    std::string faults;
    std::string mutant;
    bool expect_found = false;
    bool trace = false;
};

struct Outcome {
    std::string broken;
    std::uint64_t trace_hash = 0;
};

Outcome run_once(const Plan& plan) {
    World world(plan);
    const auto broken = world.run();
    return {broken, world.trace_hash()};
}

Plan plan_of(const Options& options, std::uint64_t seed) {
    Plan plan;
    plan.seed = seed;
    SeededRandom chance(seed * 31 + 17);
    plan.faults = options.faults.empty() ? some_faults(chance) : *parse_faults(options.faults);
    plan.mutant = options.mutant.empty() ? Mutant::none : *parse_mutant(options.mutant);
    plan.print_trace = options.trace;
    return plan;
}

void tell(const Options& options, std::uint64_t seed, const std::string& broken) {
    fmt::print("seed {}: {}\n", seed, broken);
    fmt::print("  to see it again: doorstep-simulation --seeds 1 --from {}{}{} --trace\n", seed,
               options.faults.empty() ? "" : " --faults " + options.faults,
               options.mutant.empty() ? "" : " --mutant " + options.mutant);
}

int run_all(const Options& options) {
    for (std::uint64_t seed = options.from; seed < options.from + options.seeds; ++seed) {
        const Plan plan = plan_of(options, seed);
        auto outcome = run_once(plan);
        if (outcome.broken.empty() && seed % again_every == 0 &&
            run_once(plan).trace_hash != outcome.trace_hash)
            outcome.broken = "determinism: the same seed gave another run";
        if (outcome.broken.empty())
            continue;
        tell(options, seed, outcome.broken);
        if (options.expect_found)
            fmt::print("found after {} seeds\n", seed - options.from + 1);
        return options.expect_found ? 0 : 1;
    }
    fmt::print("{} seeds, every promise held\n", options.seeds);
    return options.expect_found ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Deterministic runs of tablets, network, disks and endpoint.");
    Options options;
    app.add_option("--seeds", options.seeds, "How many runs");
    app.add_option("--from", options.from, "The first seed");
    app.add_option("--faults", options.faults, "Only these, in every run: " + fault_names());
    app.add_option("--mutant", options.mutant, "A deliberate mistake: " + mutant_names());
    app.add_flag("--expect-found", options.expect_found, "Succeed when a broken promise is found");
    app.add_flag("--trace", options.trace, "Print everything that happens");
    CLI11_PARSE(app, argc, argv);
    if (!options.faults.empty() && !parse_faults(options.faults)) {
        fmt::print(stderr, "--faults: known are {}\n", fault_names());
        return 2;
    }
    if (!options.mutant.empty() && !parse_mutant(options.mutant)) {
        fmt::print(stderr, "--mutant: known are {}\n", mutant_names());
        return 2;
    }
    return run_all(options);
}
