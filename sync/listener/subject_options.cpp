#include "sync/listener/subject_options.h"

#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>

#include "forms/base/encoding.h"
#include "sync/vault/custody_sheet.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

constexpr std::array<std::string_view, 8> family = {"erase", "retention", "history",    "subject-access",
                                                    "seen",  "export",    "confirmers", "concerns"};
constexpr std::size_t secret_file_max = std::size_t{64} * 1024;

Result<std::string> secret_in(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0)
        return Error{Fault::refused, "Others may read the secret in " + file + ".",
                     "Close it to them: chmod 600 " + file};
    return read_small_file(file, secret_file_max);
}

std::string first_line(std::string text) {
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    return text;
}

// Without showing what is typed.
Result<std::string> typed(const std::string& whose) {
    termios shown{};
    if (::isatty(STDIN_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &shown) != 0)
        return Error{Fault::bad_input, "A passphrase is asked for on a terminal only.",
                     "Run this in one, or name a file with it: --passphrase-file FILE."};
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    std::fputs((whose.empty() ? std::string("Passphrase: ") : "Passphrase of " + whose + ": ").c_str(),
               stderr);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    char line[1024] = {};
    const bool read = std::fgets(line, sizeof line, stdin) != nullptr;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    std::fputs("\n", stderr);
    std::string text = read ? line : "";
    ::explicit_bzero(line, sizeof line);
    return first_line(std::move(text));
}

// `file` empty: typed.
Result<std::string> passphrase(const std::string& file, const std::string& whose) {
    if (file.empty())
        return typed(whose);
    TRY(auto text, secret_in(file));
    return first_line(std::move(text));
}

// "concerns-leads-add" of concerns leads add.
std::string name_of(const CLI::App& chosen) {
    std::string name = chosen.get_name();
    for (const CLI::App* at = &chosen; !at->get_subcommands().empty();) {
        at = at->get_subcommands().front();
        name += "-" + at->get_name();
    }
    return name;
}

bool wants_passphrase(const std::string& name) {
    return name == "export" || name.ends_with("-add") || name == "concerns-list" || name == "concerns-open" ||
           name == "concerns-acknowledge" || name == "concerns-release";
}

void declare_who(CLI::App& command, SubjectWords& words, bool reason) {
    command.add_option("--who", words.who, "Who asks, for the audit")->required();
    if (reason)
        command.add_option("--reason", words.reason, "Why, for the audit; no names")->required();
}

void declare_passphrase(CLI::App& command, SubjectWords& words) {
    command.add_option("--passphrase-file", words.passphrase_file,
                       "A file for its owner alone; else the passphrase is asked for on the terminal");
}

void declare_concerns(CLI::App& app, SubjectWords& words) {
    auto& concerns = *app.add_subcommand("concerns", "What safeguarding leads are told");
    concerns.require_subcommand(1);
    concerns.fallthrough();
    for (const auto& [name, what] :
         {std::pair{"open", "Read one"}, std::pair{"acknowledge", "Its alarm falls silent"},
          std::pair{"release", "For the agency's restricted receivers"}}) {
        auto& one = *concerns.add_subcommand(name, what);
        one.add_option("id", words.id, "As concerns list shows it")->required();
        one.add_option("--who", words.who, "The name of the safeguarding lead")->required();
        one.add_option("--to", words.out, "Write what is shown into this file, for its owner alone");
        declare_passphrase(one, words);
    }
    auto& list = *concerns.add_subcommand("list", "All of them, without their content");
    list.add_option("--who", words.who, "The name of the safeguarding lead")->required();
    declare_passphrase(list, words);
    auto& leads = *concerns.add_subcommand("leads", "Who may open concerns");
    leads.require_subcommand(1);
    leads.fallthrough();
    leads.add_subcommand("list", "Their names");
    auto& add = *leads.add_subcommand("add", "One more, with a passphrase of their own");
    add.add_option("name", words.name, "Letters, digits, and - _ . between them")->required();
    add.add_option("--sheet", words.sheet,
                   "A file with the custody sheet, or with its safeguarding line alone")
        ->required();
    declare_who(add, words, false);
    declare_passphrase(add, words);
}

void declare_export(CLI::App& app, SubjectWords& words) {
    auto& all = *app.add_subcommand("export", "Every answer of a period, by two of the confirmers");
    all.add_option("--from", words.from, "First day, 2013-06-08")->required();
    all.add_option("--to", words.to, "Last day, included")->required();
    all.add_option("--second", words.second, "Who confirms it, with a passphrase of their own")->required();
    all.add_option("--out", words.out, "The file, for its owner alone")->required();
    declare_who(all, words, true);
    all.add_option("--own-passphrase-file", words.own_passphrase_file,
                   "So of --who, who is one of the confirmers too; else asked for");
    declare_passphrase(all, words);
    auto& confirmers = *app.add_subcommand("confirmers", "Who may confirm an export");
    confirmers.require_subcommand(1);
    confirmers.fallthrough();
    confirmers.add_subcommand("list", "Their names");
    auto& add = *confirmers.add_subcommand("add", "One more, with a passphrase of their own");
    add.add_option("name", words.name, "Letters, digits, and - _ . between them")->required();
    declare_who(add, words, false);
    declare_passphrase(add, words);
}

}  // namespace

void declare_subjects(CLI::App& app, SubjectWords& words) {
    auto& erase = *app.add_subcommand("erase", "Forget a home or a person; the counts stay");
    erase.add_option("subject", words.subject, "The id of the home or person")->required();
    declare_who(erase, words, true);
    auto& retention = *app.add_subcommand("retention", "What has outlived its time");
    retention.require_subcommand(1);
    retention.fallthrough();
    declare_who(*retention.add_subcommand("run", "Forget it now; serve does so every day"), words, false);
    retention.add_subcommand("report", "What is held, since when, and what is due");
    auto& history = *app.add_subcommand("history", "Everything recorded about a home, and who read it");
    history.add_option("subject", words.subject, "The id of the home or person")->required();
    declare_who(history, words, false);
    auto& access = *app.add_subcommand("subject-access", "The bundle for a person who asks for it");
    access.add_option("subject", words.subject, "The id of the home or person")->required();
    access.add_option("--to", words.out, "The file, for its owner alone")->required();
    declare_who(access, words, true);
    app.add_subcommand("seen", "Who saw or changed a record")
        ->add_option("subject", words.subject, "The id of a home, person, concern or export")
        ->required();
    declare_export(app, words);
    declare_concerns(app, words);
}

bool is_of_subjects(const CLI::App& chosen) {
    return std::find(family.begin(), family.end(), chosen.get_name()) != family.end();
}

Result<void> fill_subject_command(const CLI::App& chosen, const SubjectWords& words, Command& command) {
    command.name = name_of(chosen);
    command.from = words.from;
    command.to = words.to;
    for (const auto& [name, said] :
         {std::pair{"subject", words.subject}, std::pair{"id", words.id}, std::pair{"name", words.name},
          std::pair{"who", words.who}, std::pair{"second", words.second}, std::pair{"reason", words.reason}})
        command.words[name] = said;
    if (!words.sheet.empty()) {
        TRY(auto text, secret_in(words.sheet));
        const auto pair = from_custody_sheet(CustodyKey::safeguarding, text);
        ::explicit_bzero(text.data(), text.size());
        if (!pair.ok())
            return pair.error();
        command.words["secret"] = to_hex(pair->secret_key.view());
    }
    if (!wants_passphrase(command.name))
        return {};
    const bool by_two = command.name == "export";
    if (by_two) {
        TRY(command.words["own_passphrase"], passphrase(words.own_passphrase_file, words.who));
    }
    TRY(command.words["passphrase"],
        passphrase(words.passphrase_file, by_two ? words.second : std::string{}));
    return {};
}

CommandOutcome delivered(const SubjectWords& words, CommandOutcome outcome) {
    if (words.out.empty() || outcome.status != 0)
        return outcome;
    const auto written = write_durably(words.out, outcome.out, 0600);
    ::explicit_bzero(outcome.out.data(), outcome.out.size());
    if (!written.ok())
        return failed(written.error());
    return {0, "Written to " + words.out + ", for its owner alone.\n", outcome.err};
}

}  // namespace doorstep
