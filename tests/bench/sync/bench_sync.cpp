// bench-sync: what a sync costs, in bytes, in time and in memory, against the real endpoint over TLS.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <thread>

#include "tests/bench/sync/bench.h"

using namespace doorstep;
using namespace doorstep::bench;

namespace {

constexpr std::array load_parts{"batches", "singles", "evening", "long_evening", "slow"};

struct Options {
    std::string json;
    std::vector<std::string> parts{"bytes", "load", "growth"};
    std::vector<std::string> engines{"sqlite", "postgresql"};
    std::string records = "whole";
};

Result<void> measure(Bench& bench, const Options& options) {
    bench.library = open_library(shipped_questionnaires());
    bench.books = wire::books_of(bench.library.forms());
    TRY(bench.centre, make_centre(bench.folder.in("centre"), {}, 1'000));
    TRY(bench.records,
        finished_records(bench.centre.tablets.back(), bench.library, bench.quick ? 250 : 1'000));
    bench.engines.insert(options.engines.begin(), options.engines.end());
    bench.parts.insert(options.parts.begin(), options.parts.end());
    if (bench.parts.contains("bytes"))
        TRY_DO(measure_bytes(bench));
    if (bench.parts.contains("load"))
        bench.parts.insert(std::begin(load_parts), std::end(load_parts));
    bench.plain = options.records == "plain";
    if (bench.plain)
        bench.records = plain_records(bench.records);
    TRY_DO(measure_load(bench));
    if (bench.parts.contains("growth"))
        TRY_DO(measure_growth(bench));
    return {};
}

// Figures of another build or machine are not comparable.
std::string where() {
    return fmt::format("{} cores, {} build; load and endpoint share them\n",
                       std::thread::hardware_concurrency(), DOORSTEP_BUILD_TYPE);
}

}  // namespace

int main(int argc, char** argv) {
    Bench bench;
    Options options;
    CLI::App cli{"What a sync costs, in bytes, in time and in memory.", "bench-sync"};
    cli.add_option("--json", options.json,
                   "Write the figures as a list of {name, value, unit, aim} to this file");
    cli.add_flag("--quick", bench.quick, "One run of each, fewer records, a log of 100,000");
    cli.add_option("--data", bench.data, "A folder in which the filled logs are kept for the next time");
    cli.add_option("--only", options.parts,
                   "bytes, load (or of it: batches, singles, evening, long_evening, slow), growth")
        ->check(CLI::IsMember(
            {"bytes", "load", "batches", "singles", "evening", "long_evening", "slow", "growth"}))
        ->delimiter(',');
    cli.add_option("--on", options.engines, "sqlite, postgresql")
        ->check(CLI::IsMember({"sqlite", "postgresql"}))
        ->delimiter(',');
    cli.add_option("--records", options.records,
                   "whole: finishes of the shipped questionnaire; plain: the questionnaire and its "
                   "referrals, as sync.md counts (load, growth)")
        ->check(CLI::IsMember({"whole", "plain"}));
    CLI11_PARSE(cli, argc, argv);
    if (!bench.data.empty())
        std::filesystem::create_directories(bench.data);
    auto measured = measure(bench, options);
    std::fputs((where() + bench.figures.table()).c_str(), stdout);
    for (const auto& failure : bench.failures)
        std::fputs(("FAILED: " + failure + "\n").c_str(), stderr);
    if (measured.ok() && !options.json.empty())
        measured = bench.figures.write_json(options.json);
    if (!measured.ok())
        std::fputs((measured.error().text() + "\n").c_str(), stderr);
    return measured.ok() && bench.failures.empty() ? 0 : 1;
}
