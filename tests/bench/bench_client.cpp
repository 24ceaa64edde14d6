// bench-client: what the touch app costs, against a bare window in the same run.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <set>

#include "tests/bench/doors.h"
#include "tests/bench/figures.h"
#include "tests/bench/measured_app.h"
#include "tests/bench/startup.h"
#include "tests/bench/taps.h"
#include "tests/bench/typing.h"
#include "tests/journeys/street.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::bench;

namespace {

struct Options {
    std::string json;
    std::set<std::string> only;
    // Of a child:
    std::string data;
    std::string driver;
    Until until = Until::first_frame;
};

Result<void> make_folder(const std::string& folder, int doors) {
    const SystemClock clock;
    SystemRandom random;
    return journey::make_street(folder, clock, random, doors);
}

Result<void> measure(const Options& options, Figures& figures) {
    const TemporaryFolder folders;
    const auto wanted = [&](const char* name) { return options.only.empty() || options.only.contains(name); };
    const std::string many = folders.file("many");
    const std::string street = folders.file("street");
    if (wanted("start") || wanted("idle"))
        TRY_DO(make_folder(many, many_doors));
    TRY_DO(make_folder(street, 40));
    if (wanted("start"))
        measure_first_frame(many, figures);
    if (wanted("idle"))
        measure_idle(many, figures);
    if (wanted("taps"))
        TRY_DO(measure_taps(street, figures));
    if (wanted("typing"))
        TRY_DO(measure_typing(street, figures));
    if (wanted("doors"))
        TRY_DO(measure_doors(figures));
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
    CLI::App cli{"What the touch app costs, against a bare window in the same run.", "bench-client"};
    cli.add_option("--json", options.json, "Write the figures as a list of {name, value, unit} to this file");
    cli.add_option("--only", options.only, "Measure these alone: start, idle, taps, typing, doors")
        ->check(CLI::IsMember({"start", "idle", "taps", "typing", "doors"}));
    // The program that is measured is this one, started anew.
    const std::map<std::string, Until> untils{
        {"first-frame", Until::first_frame}, {"doors", Until::doors}, {"idle", Until::idle}};
    auto* child =
        cli.add_option("--child", options.until)->transform(CLI::CheckedTransformer(untils))->group("");
    cli.add_option("--data", options.data)->group("");
    cli.add_option("--driver", options.driver)->group("");
    CLI11_PARSE(cli, argc, argv);
    return child->count() > 0 ? run_child(options.data, options.driver, options.until) : run(options);
}
