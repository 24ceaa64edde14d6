// bench-forms: what the forms engine costs, beside what it promises.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <set>

#include "tests/bench/forms/fillings.h"
#include "tests/bench/forms/lists.h"
#include "tests/bench/forms/memory.h"

using namespace doorstep;
using namespace doorstep::bench;

namespace {

struct Options {
    std::string json;
    std::set<std::string> only;
    std::string hold, cache;  // of a child
};

Result<void> measure(const Options& options, Figures& figures) {
    const auto wanted = [&](const char* name) { return options.only.empty() || options.only.contains(name); };
    for (const int questions : {100, 1'000, 3'000, 10'000}) {
        if (wanted("questions"))
            measure_mixed(questions, figures);
        if (wanted("memory"))
            TRY_DO(measure_memory(questions, figures));
    }
    if (wanted("roster"))
        measure_roster(500, figures);
    if (wanted("unrelated"))
        measure_unrelated(figures);
    if (wanted("lists"))
        for (const int rows : {10'000, 100'000, 1'000'000})
            measure_list(rows, figures);
    return {};
}

int run(const Options& options) {
    Figures figures;
    const auto measured = measure(options, figures);
    std::fputs(figures.table().c_str(), stdout);
    if (!measured) {
        std::fputs((measured.error().text() + "\n").c_str(), stderr);
        return 1;
    }
    if (options.json.empty())
        return 0;
    if (const auto written = figures.write_json(options.json); !written) {
        std::fputs((written.error().text() + "\n").c_str(), stderr);
        return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App cli{"What the forms engine costs, beside what it promises.", "bench-forms"};
    cli.add_option("--json", options.json, "Write the figures as a list of {name, value, unit} to this file");
    cli.add_option("--only", options.only, "Measure these alone: questions, memory, roster, unrelated, lists")
        ->check(CLI::IsMember({"questions", "memory", "roster", "unrelated", "lists"}));
    // The program whose memory is measured is this one, started anew.
    auto* hold = cli.add_option("--hold", options.hold)->group("");
    cli.add_option("--cache", options.cache)->group("");
    CLI11_PARSE(cli, argc, argv);
    return hold->count() > 0 ? hold_form(options.hold, options.cache) : run(options);
}
