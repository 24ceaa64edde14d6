// doorstep-endpoint: the centre.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "forms/desk/package.h"
#include "sync/listener/command_socket.h"
#include "sync/listener/commands.h"
#include "sync/listener/serve.h"

using namespace doorstep;

namespace {

struct Options {
    std::string data;
    std::string questionnaires;
    ServeOptions serve;
    Command command;
    bool csv = false;
    bool json = false;
};

int print(const CommandOutcome& outcome) {
    std::fputs(outcome.out.c_str(), stdout);
    std::fputs(outcome.err.c_str(), stderr);
    if (std::fflush(stdout) != 0) {
        std::fputs("The answer could not be written to the end.\n", stderr);
        return 1;
    }
    return outcome.status;
}

int run_serve(Options& options) {
    auto data = DataFolder::open(options.data, options.questionnaires);
    if (!data.ok())
        return print(failed(data.error())) == 0 ? 0 : 1;
    options.serve.folder = options.data;
    const auto served = serve(*data, options.serve);
    if (!served.ok())
        print(failed(served.error()));
    return served.ok() ? 0 : 1;
}

// The store is locked while a `serve` runs: then it answers; otherwise we open it here.
int run_beside(Options& options) {
    options.command.form = options.csv ? "csv" : options.json ? "json" : "table";
    const auto asked = ask_running(options.data, options.command);
    if (!asked.ok())
        return print(failed(asked.error()));
    if (*asked)
        return print(**asked);
    // Only `serve` and `enrol` begin an endpoint: a mistyped --data must not look like one
    // that has counted nothing.
    if (std::error_code problem; options.command.name != "enrol" &&
                                 !std::filesystem::exists(options.data + "/doorstep.sqlite", problem))
        return print(
            failed(Error{Fault::not_found, "There is no endpoint in the folder " + options.data + ".",
                         "Check --data; serve and enrol begin a new one."}));
    auto data = DataFolder::open(options.data, options.questionnaires);
    if (!data.ok()) {
        print(failed(data.error()));
        return 1;
    }
    return print(run_command(data->endpoint(), options.command));
}

void declare(CLI::App& app, Options& options) {
    app.require_subcommand(1);
    app.fallthrough();  // --data may stand before or after the command
    app.add_option("--data", options.data, "The endpoint's folder")->required();
    app.add_option("--questionnaires", options.questionnaires,
                   "The folder that holds the directory of agencies");

    auto& serve = *app.add_subcommand("serve", "Take what tablets send, until it is ended");
    serve.add_option("--address", options.serve.listener.address, "A loopback address (127.0.0.1)");
    serve.add_option("--port", options.serve.listener.port, "0 takes any that is free")->default_val(8080);
    serve.add_option("--port-file", options.serve.port_file,
                     "Write the port into this file when it is ready");

    auto& enrol = *app.add_subcommand("enrol", "Let a tablet in: prints its enrolment and its token");
    enrol.add_option("tablet", options.command.tablet, "Its name: letters, digits, - and _")->required();

    auto& report = *app.add_subcommand("report", "The counts of a period");
    report.add_option("--from", options.command.from, "First day, 2013-06-08")->required();
    report.add_option("--to", options.command.to, "Last day, included")->required();
    report.add_option("--columns", options.command.columns, "A column set of the directory")->required();
    auto* const csv = report.add_flag("--csv", options.csv, "For a spreadsheet");
    report.add_flag("--json", options.json, "For a program")->excludes(csv);

    app.add_subcommand("tablets", "Every tablet: acknowledged, unsent, last seen");
}

}  // namespace

int main(int argc, char** argv) {
    // What is said goes to stderr and holds neither personal data nor tokens.
    spdlog::set_default_logger(spdlog::stderr_logger_mt("doorstep-endpoint"));
    // A file that may not grow is a full disk, which is answered, and not a reason to die.
    std::signal(SIGXFSZ, SIG_IGN);
    CLI::App app("The centre of Doorstep.");
    Options options;
    declare(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (options.questionnaires.empty())
        options.questionnaires = shipped_questionnaires();
    if (app.got_subcommand("serve"))
        return run_serve(options);
    options.command.name = app.get_subcommands().front()->get_name();
    return run_beside(options);
}
