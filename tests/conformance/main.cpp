// forms-conformance: our engine against cases that others wrote.
#include <CLI/CLI.hpp>

#include "tests/conformance/load_cases.h"
#include "tests/conformance/scenario_cases.h"
#include "tests/conformance/score.h"
#include "tests/conformance/xlsform_cases.h"
#include "tests/conformance/xpath_cases.h"

namespace {

using doorstep::conformance::Options;

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& what, Options& options) {
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("path", options.path, "The cases")->required();
    command->add_option("--failures", options.failures,
                        "Write every miss to this file, one JSON object a line");
    command->add_option("--allow", options.allow, "The table of deviations: a listed miss counts as skipped");
    command->add_flag("--all", options.all, "Score the cases outside the gate too");
    command->add_option("--only", options.only, "Run the case with this key");
    return command;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Runs the forms engine against outside cases. The last line is always "
                 "\"N passed, M failed, K skipped\".",
                 "forms-conformance"};
    app.require_subcommand(1);
    Options options;
    const auto* xpath = add_command(app, "xpath", "Evaluate expressions (xpath.jsonl)", options);
    bool strict_text = false;
    auto* xlsform = add_command(app, "xlsform", "Convert workbooks (xlsform.jsonl)", options);
    xlsform->add_flag("--strict-text", strict_text, "Messages must hold the recorded words too");
    const auto* scenarios =
        add_command(app, "scenarios", "Fill forms step by step (scenarios.jsonl)", options);
    const auto* load = add_command(app, "load", "Load whole forms and lists (a folder)", options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? 0 : 2;
    }
    if (xlsform->parsed())
        return doorstep::conformance::run_xlsform(options, strict_text);
    if (scenarios->parsed())
        return doorstep::conformance::run_scenarios(options);
    if (load->parsed())
        return doorstep::conformance::run_load(options);
    return xpath->parsed() ? doorstep::conformance::run_xpath(options) : 2;
}
