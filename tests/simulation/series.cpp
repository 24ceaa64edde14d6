#include "tests/simulation/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "tests/simulation/fresh_images.h"
#include "tests/simulation/workers.h"

namespace doorstep::simulation {

namespace {

// The same seed must always give the same run.
constexpr std::uint64_t twice_every = 100;

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

std::string again(const Series& series, const Plan& plan) {
    return fmt::format("doorstep-simulation --seeds 1 --from {} --faults {}{}{} --trace", plan.seed,
                       fault_names(plan.faults), plan.busy == 100 ? "" : fmt::format(" --busy {}", plan.busy),
                       series.mutant == Mutant::none ? "" : " --mutant " + series.mutant_name);
}

std::string told(const Series& series, const Plan& failed, const std::string& broken) {
    auto text = fmt::format("seed {}: {}\n  with {}\n", failed.seed, broken, fault_names(failed.faults));
    if (series.until_found)
        return text + fmt::format("  again:    {}\n", again(series, failed));
    const auto small = smallest(failed);
    return text +
           fmt::format("  smallest: {}\n  again:    {}\n", run_once(small).broken, again(series, small));
}

struct Part {
    std::uint64_t ran = 0;
    std::uint64_t failed = 0;
    std::uint64_t twice = 0;  // ran again, and gave the same trace hash
    std::string text;
};

// `hear` is told what is found as it is found.
Part run_part(const Series& series, std::uint64_t from, std::uint64_t seeds,
              const std::function<void(const std::string&)>& hear = {}) {
    Part part;
    while (part.ran < seeds && !(series.until_found && part.failed > 0)) {
        const Plan plan = plan_of(series, from + part.ran);
        ++part.ran;
        auto outcome = run_once(plan);
        // A mistake is found by what it breaks, not by what is broken without it.
        Plan sound = plan;
        sound.mutant = Mutant::none;
        sound.print_trace = false;
        if (plan.mutant != Mutant::none && !outcome.broken.empty() && !run_once(sound).broken.empty())
            outcome.broken.clear();
        const bool twice = outcome.broken.empty() && plan.seed % twice_every == 0;
        if (!outcome.broken.empty())
            part.text += told(series, plan, outcome.broken);
        else if (twice && run_once(plan).trace != outcome.trace)
            part.text += fmt::format("seed {}: the same seed gave another run\n", plan.seed);
        else {
            part.twice += twice ? 1 : 0;
            continue;
        }
        ++part.failed;
        if (hear)
            hear(std::exchange(part.text, {}));
    }
    return part;
}

std::string written(const Part& part) {
    return fmt::format("{} {} {}\n{}", part.ran, part.failed, part.twice, part.text);
}

Part read(const std::string& bytes) {
    Part part;
    const auto end = bytes.find('\n');
    if (std::sscanf(bytes.c_str(), "%lu %lu %lu", &part.ran, &part.failed, &part.twice) != 3 ||
        end == std::string::npos)
        return {0, 1, 0, "a worker ended without a word; run its seeds with --jobs 1\n"};
    part.text = bytes.substr(end + 1);
    return part;
}

// Seeds in blocks of the same size whatever the number of processes.
std::vector<Part> run_parts(const Series& series) {
    make_fresh_images();  // once for all of them
    const std::uint64_t block = 50;
    std::vector<std::function<std::string()>> tasks;
    for (std::uint64_t done = 0; done < series.seeds; done += block)
        tasks.push_back([&series, done, block] {
            return written(run_part(series, series.from + done, std::min(block, series.seeds - done)));
        });
    for (const auto seed : series.also)
        tasks.push_back([&series, seed] { return written(run_part(series, seed, 1)); });
    std::vector<Part> parts;
    for (const auto& bytes : run_tasks(tasks, series.jobs))
        parts.push_back(read(bytes));
    return parts;
}

}  // namespace

std::uint64_t run(const Series& series) {
    Part all;
    if (series.jobs <= 1 || series.trace || series.until_found)
        all = run_part(series, series.from, series.seeds, [](const std::string& text) {
            fmt::print("{}", text);
            std::fflush(stdout);
        });
    else
        for (const auto& part : run_parts(series)) {
            all.ran += part.ran;
            all.failed += part.failed;
            all.twice += part.twice;
            all.text += part.text;
        }
    fmt::print("{}{} seeds, {} failed; {} of them ran twice and gave the same trace hash\n", all.text,
               all.ran, all.failed, all.twice);
    return all.failed;
}

std::uint64_t run_all_mutants(const Series& series) {
    std::vector<std::function<std::string()>> tasks;
    for (const auto& [name, mutant] : all_mutants())
        tasks.push_back([&series, name = name, mutant = mutant] {
            Series one = series;
            one.mutant = mutant;
            one.mutant_name = name;
            one.until_found = true;
            return written(run_part(one, one.from, one.seeds));
        });
    const auto results = run_tasks(tasks, series.jobs);
    std::uint64_t missed = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto part = read(results[i]);
        missed += part.failed == 0 || part.ran == 0 ? 1u : 0u;
        fmt::print("{}: {}\n{}", all_mutants()[i].first,
                   part.failed > 0 ? fmt::format("found with seed {} of {}", part.ran, series.seeds)
                                   : fmt::format("NOT FOUND within {} seeds", part.ran),
                   part.text);
    }
    fmt::print("{} deliberate mistakes, {} not found\n", results.size(), missed);
    return missed;
}

}  // namespace doorstep::simulation
