// doorstep-forms: a form at a desk.  Exit status 0, 1 (mistakes), 2 (usage).
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>

#include "forms/desk/files.h"
#include "forms/desk/found_json.h"
#include "forms/desk/package.h"

namespace doorstep {
namespace {

constexpr int mistakes = 1;
constexpr int usage = 2;

struct Wishes {
    std::string form;
    std::string questionnaires;
    std::string output;
    bool json = false;
};

void print(const Diagnostics& found) {
    for (const Diagnostic& one : found)
        fmt::print(stderr, "{}\n", one.text());
}

// The directory's own mistakes stand in front: a rule cannot be checked against
// a directory that does not load.
FormPackage open(const Wishes& wishes) {
    Diagnostics in_directory;
    const Directory directory = read_directory(wishes.questionnaires + "/directory", in_directory);
    FormPackage package = open_package(wishes.form, &directory);
    package.found.insert(package.found.begin(), in_directory.begin(), in_directory.end());
    return package;
}

int check(const Wishes& wishes) {
    const FormPackage package = open(wishes);
    const auto errors = std::count_if(package.found.begin(), package.found.end(),
                                      [](const Diagnostic& one) { return one.severity == Severity::error; });
    if (wishes.json) {
        fmt::print("{}\n", found_json(package.found));
    } else {
        print(package.found);
        const auto warnings = static_cast<std::ptrdiff_t>(package.found.size()) - errors;
        if (errors == 0 && package.form)
            fmt::print("{} version {}: ready to use, {} warning{}.\n", package.form->id(),
                       package.form->version(), warnings, warnings == 1 ? "" : "s");
        else
            fmt::print("{} mistake{} and {} warning{}: mend them and check again.\n", errors,
                       errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
    }
    return errors == 0 && package.form ? 0 : mistakes;
}

int convert(const Wishes& wishes) {
    const FormPackage package = open(wishes);
    print(package.found);
    if (!package.form)
        return mistakes;
    if (wishes.output.empty()) {
        fmt::print("{}", package.xml);
        return 0;
    }
    if (const auto written = write_file(wishes.output, package.xml); !written) {
        fmt::print(stderr, "{}\n", written.error().text());
        return mistakes;
    }
    return 0;
}

int run(int argc, char** argv) {
    Wishes wishes{.questionnaires = shipped_questionnaires()};
    CLI::App app{"A form at a desk: check it, convert it.\n"
                 "FORM is a folder with one CSV a sheet (survey.csv, choices.csv, settings.csv,\n"
                 "referrals.csv, offers.csv), an .md, a pyxform-style .csv, or an XForm .xml.",
                 "doorstep-forms"};
    app.require_subcommand(1);
    app.add_option("--questionnaires", wishes.questionnaires,
                   "folder of the questionnaires, for its directory of agencies");
    CLI::App* checking = app.add_subcommand("check", "name every mistake: where, what, how to mend it");
    checking->add_option("FORM", wishes.form)->required();
    checking->add_flag("--json", wishes.json, "the list as JSON on standard output");
    CLI::App* converting = app.add_subcommand("convert", "write the XForm XML, the form of record");
    converting->add_option("FORM", wishes.form)->required();
    converting->add_option("-o", wishes.output, "the file to write; standard output otherwise");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : usage;
    }
    return checking->parsed() ? check(wishes) : convert(wishes);
}

}  // namespace
}  // namespace doorstep

int main(int argc, char** argv) {
    return doorstep::run(argc, argv);
}
