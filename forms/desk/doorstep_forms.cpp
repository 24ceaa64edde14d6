// doorstep-forms: a form at a desk.  Exit status 0, 1 (mistakes), 2 (usage).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>

#include "forms/desk/commands.h"

namespace doorstep {
namespace {

constexpr const char* about =
    "A form at a desk: check it, convert it, try it.\n"
    "FORM is a folder with one CSV a sheet (survey.csv, choices.csv, settings.csv,\n"
    "referrals.csv, offers.csv), an .xlsx, an .md, a pyxform-style .csv, or an XForm .xml.\n"
    "Exit status: 0 done, 1 mistakes (named on standard error), 2 wrong usage.";

constexpr const char* about_answers =
    "a .csv with the columns path, value and maybe kind (given, dont_know, prefer_not,\n"
    "not_asked), or a .json {\"path\": \"value\"}; a path is a question's name or its whole\n"
    "path, like /data/people[2]/age";

int run(int argc, char** argv) {
    commands::Wishes wishes{.questionnaires = shipped_questionnaires()};
    CLI::App app{about, "doorstep-forms"};
    app.require_subcommand(1);
    app.add_option("--questionnaires", wishes.questionnaires,
                   "folder of the questionnaires, for its directory of agencies");
    const auto command = [&](const char* name, const char* what) {
        CLI::App* made = app.add_subcommand(name, what);
        made->add_option("FORM", wishes.form)->required();
        return made;
    };
    CLI::App* check = command("check", "name every mistake: where, what, how to mend it");
    check->add_flag("--json", wishes.json, "the list as JSON on standard output");
    CLI::App* convert = command("convert", "write the XForm XML, the form of record");
    CLI::App* try_form = command("try", "fill it in at this terminal, question by question");
    CLI::App* submission = command("submission", "put a file of answers in and write the OpenRosa XML");
    submission->add_option("ANSWERS", wishes.answers, about_answers)->required();
    CLI::App* sharing = command("sharing", "which agency learns which answers, and why");
    sharing->add_flag("--csv", wishes.csv, "one row per agency, field and reason, for a spreadsheet");
    for (CLI::App* one : {convert, submission, sharing})
        one->add_option("-o", wishes.output, "the file to write; standard output otherwise");
    for (CLI::App* one : {try_form, submission})
        one->add_option("--language", wishes.language, "as the form names it: \"English (en)\"");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? commands::done : commands::usage;
    }
    if (check->parsed())
        return commands::check(wishes);
    if (convert->parsed())
        return commands::convert(wishes);
    if (try_form->parsed())
        return commands::try_form(wishes);
    return submission->parsed() ? commands::submission(wishes) : commands::sharing(wishes);
}

}  // namespace
}  // namespace doorstep

int main(int argc, char** argv) {
    try {
        return doorstep::run(argc, argv);
    } catch (const std::bad_alloc&) {
        std::fputs("doorstep-forms: the form needs more memory than there is. Make its lists shorter.\n",
                   stderr);
        return 1;
    }
}
