#include "tests/simulation/series.h"

#include <fmt/format.h>

namespace doorstep::simulation {

namespace {

// The same seed must always give the same run.
constexpr std::uint64_t twice_every = 50;

struct Outcome {
    std::string broken;
    Sha256 trace;
};

Outcome run_once(const Plan& plan) {
    World world(plan);
    auto broken = world.run();
    return {std::move(broken), world.trace_hash()};
}

Plan plan_of(const Series& series, std::uint64_t seed) {
    SeededRandom chance(seed * 31 + 17);
    Plan plan{seed, some_faults(chance), series.mutant, series.busy, series.trace};
    if (series.only)
        std::erase_if(plan.faults, [&](Fault fault) { return series.only->count(fault) == 0; });
    return plan;
}

// Fewer faults and less to do, one at a time, as long as it still fails.
Plan smallest(Plan plan) {
    plan.print_trace = false;
    for (const Fault fault : Faults(plan.faults)) {
        Plan without = plan;
        without.faults.erase(fault);
        if (!run_once(without).broken.empty())
            plan = without;
    }
    for (const std::uint64_t busy : {10U, 25U, 50U}) {
        Plan calmer = plan;
        calmer.busy = busy;
        if (busy < plan.busy && !run_once(calmer).broken.empty())
            return calmer;
    }
    return plan;
}

void tell(const Series& series, const Plan& failed, const std::string& broken) {
    fmt::print("seed {}: {}\n  with {}\n", failed.seed, broken, fault_names(failed.faults));
    const auto small = smallest(failed);
    fmt::print("  smallest: {}\n", run_once(small).broken);
    fmt::print("  again:    doorstep-simulation --seeds 1 --from {} --faults "
               "{}{}{} --trace\n",
               small.seed, fault_names(small.faults),
               small.busy == 100 ? "" : fmt::format(" --busy {}", small.busy),
               series.mutant == Mutant::none ? "" : " --mutant " + series.mutant_name);
}

}  // namespace

std::uint64_t run(const Series& series) {
    std::uint64_t failed = 0;
    std::uint64_t ran = 0;
    while (ran < series.seeds && !(series.until_found && failed > 0)) {
        const Plan plan = plan_of(series, series.from + ran);
        ++ran;
        const auto outcome = run_once(plan);
        const bool again = outcome.broken.empty() && plan.seed % twice_every == 0;
        if (!outcome.broken.empty())
            tell(series, plan, outcome.broken);
        else if (again && run_once(plan).trace != outcome.trace)
            fmt::print("seed {}: the same seed gave another run\n", plan.seed);
        else
            continue;
        ++failed;
    }
    fmt::print("{} seeds, {} failed\n", ran, failed);
    return failed;
}

}  // namespace doorstep::simulation
