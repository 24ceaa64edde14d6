// doorstep-season: a season of visits worked from the first plan to the report.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <time.h>

#include "tests/journeys/season.h"

namespace {

using namespace doorstep;
using namespace doorstep::journey;

int failed(const Error& error) {
    std::fflush(stdout);
    fmt::print(stderr, "doorstep-season: {}\n", error.text());
    return 1;
}

int failed(const Diagnostics& found) {
    for (const Diagnostic& each : found)
        fmt::print(stderr, "{}\n", each.text());
    return 1;
}

Result<bool> worked(const SeasonOptions& options, const SeasonPlan& plan, const Library& library) {
    const std::string centre = options.folder + "/endpoint";
    TRY_DO(store_file(centre));
    TRY(EndpointProcess endpoint, EndpointProcess::start(program_folder() + "/doorstep-endpoint", centre));
    Season season(options, plan, library, endpoint);
    TRY_DO(season.enrol_tablets());
    TRY_DO(season.work());
    TRY_DO(season.all_synced());
    return season.compare();
}

int season(const SeasonOptions& options, const std::string& plan_folder) {
    Diagnostics found;
    const SeasonPlan plan = read_plan(plan_folder, found);
    if (has_error(found) || plan.visits.empty())
        return failed(found);
    const Library library = open_library(shipped_questionnaires());
    if (has_error(library.found))
        return failed(library.found);
    fmt::print("Safer Streets {}: {} visits, seed {}, replies lost {:.0f} %, endpoint killed {} times.\n",
               options.year, plan.visits.size(), options.seed, options.lose * 100, options.restart_endpoint);
    const auto agree = worked(options, plan, library);
    if (!agree.ok())
        return failed(agree.error());
    if (!agree.value()) {
        fmt::print(
            "The two tables differ: that is a fault in Doorstep. Run it again with --keep and the same "
            "seed, and look at both stores.\n");
        return 1;
    }
    fmt::print("The two tables agree, and everything was synced.\n");
    return 0;
}

const std::vector<std::string>& seasons() {
    static const auto all = [] {
        std::vector<std::string> names;
        std::error_code fault;
        for (const auto& entry : std::filesystem::directory_iterator(DOORSTEP_SEASONS, fault))
            if (entry.is_directory())
                names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }();
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Works a season on several tablets, syncs it with a real endpoint and compares the counts."};
    SeasonOptions options;
    std::string plan_folder;
    bool keep = false;
    app.add_option("--year", options.year, "The season: 2013-14")
        ->required()
        ->check([](const std::string& year) {
            const bool known = std::find(seasons().begin(), seasons().end(), year) != seasons().end();
            return known ? std::string{}
                         : fmt::format("There is no such season. Known: {}.", fmt::join(seasons(), ", "));
        });
    app.add_option("--seed", options.seed, "Everything that is not on a card comes from it");
    app.add_option("--lose", options.lose, "Probability that a reply is lost on its way back")
        ->check(CLI::Range(0.0, 0.95));
    app.add_option("--restart-endpoint", options.restart_endpoint, "How often the endpoint is killed")
        ->check(CLI::Range(0, 1000));
    app.add_option("--data", options.folder, "A new folder to work in; kept");
    app.add_option("--plan", plan_folder, "A folder with visits.csv, needs.csv and usual.csv")
        ->check(CLI::ExistingDirectory);
    app.add_flag("--keep", keep, "Keep the temporary folder");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }

    // The days of the season are those of its doors, wherever this machine stands.
    setenv("TZ", "Europe/London", 1);
    tzset();
    keep = keep || !options.folder.empty();
    if (options.folder.empty()) {
        auto folder = fresh_folder();
        if (!folder.ok())
            return failed(folder.error());
        options.folder = std::move(folder).value();
    } else if (std::filesystem::exists(options.folder) && !std::filesystem::is_empty(options.folder)) {
        return failed(
            Error{Fault::refused, "The folder of --data holds something already.", "Name a new one."});
    }
    const int status = season(
        options, plan_folder.empty() ? std::string(DOORSTEP_SEASONS) + "/" + options.year : plan_folder);
    if (keep) {
        fmt::print("Next: doorstep-endpoint report --data {}/endpoint --from 2013-04-01 --to 2014-03-31 "
                   "--columns {}\n",
                   options.folder, options.year);
        return status;
    }
    std::error_code fault;
    std::filesystem::remove_all(options.folder, fault);
    if (status == 0)
        fmt::print(
            "Next: try another --seed, --lose 0.5, --restart-endpoint 5; --keep leaves the stores for a "
            "look.\n");
    return status;
}
