// doorstep-endpoint: the centre.
#include <pwd.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "forms/desk/package.h"
#include "sync/listener/agency_options.h"
#include "sync/listener/alarm_command.h"
#include "sync/listener/authority_commands.h"
#include "sync/listener/backup_options.h"
#include "sync/listener/code_options.h"
#include "sync/listener/command_socket.h"
#include "sync/listener/commands.h"
#include "sync/listener/noted.h"
#include "sync/listener/parcel_options.h"
#include "sync/listener/serve.h"
#include "sync/listener/subject_options.h"
#include "sync/store/rescue.h"
#include "sync/vault/custody_sheet.h"
#include "sync/vault/durable_file.h"

using namespace doorstep;

namespace {

struct Options {
    std::string data;
    std::string database;  // postgresql://...; empty: a file in the folder
    std::string questionnaires;
    ServeOptions serve;
    Command command;
    bool csv = false;
    bool json = false;
    std::string device_secret;
    std::string erasure_list;
    SubjectWords subjects;
    std::string sheet;   // file for the custody sheet; empty: the terminal
    std::string rescue;  // file of a tablet
    AuthorityOptions authority;
    BackupWords backup;
    ParcelWords parcels;
    CodeWords codes;
    std::string heads;         // of the audit, as tablets keep them
    std::string ticket;        // file for the ticket of a new tablet; empty: none
    bool keys_stored = false;  // whoever starts it says that the sheet is stored
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

// The secrets of the custody sheet go to a person or into a file of that person's, and
// never into what keeps the output of a service.
Result<void> can_show_sheet(const Options& options) {
    if (!options.sheet.empty() || ::isatty(STDOUT_FILENO) == 1)
        return {};
    return Error{Fault::bad_input, "The custody sheet can only be shown on a terminal.",
                 "Run this in one, or name a file for the sheet: --sheet FILE."};
}

Result<void> show_sheet(const Options& options, std::string_view sheet) {
    if (!options.sheet.empty())
        return write_durably(options.sheet, sheet, 0600);
    const bool shown = std::fwrite(sheet.data(), 1, sheet.size(), stdout) == sheet.size();
    if (!shown || std::fflush(stdout) != 0)
        return Error{Fault::not_writable, "The custody sheet could not be shown to its end.",
                     "Make new keys: doorstep-endpoint keys make."};
    return {};
}

// At the first start.  Without a place for the sheet the endpoint serves the tablets it
// has, and enrols none.  Keys are never confirmed that have no sheet.
Result<void> first_keys(DataFolder& data, const Options& options) {
    if (data.has_keys() && (options.keys_stored || !options.sheet.empty()))
        TRY_DO(data.sheet_was_shown());
    if (!data.has_keys() && !can_show_sheet(options).ok()) {
        spdlog::warn("This endpoint has no keys yet, so that no tablet can be enrolled. Make them with "
                     "doorstep-endpoint keys make.");
        return {};
    }
    if (!data.has_keys()) {
        TRY_DO(data.make_keys([&](std::string_view sheet) { return show_sheet(options, sheet); }));
        if (!options.keys_stored)
            std::fputs(how_to_confirm, stderr);
    }
    if (options.keys_stored)
        TRY_DO(data.confirm_keys());
    return {};
}

DataPlace place_of(const Options& options, bool may_begin) {
    return {options.data,     options.questionnaires, options.device_secret,
            options.database, options.erasure_list,   may_begin};
}

int run_serve(Options& options) {
    // Before anything is made: an alarm that nobody hears is found out too late.
    if (const auto can = can_run_alarm_command(options.serve.sending.alarm_command); !can.ok())
        return print(failed(can.error())) == 0 ? 0 : 1;
    auto data = DataFolder::open(place_of(options, true));
    if (!data.ok())
        return print(failed(data.error())) == 0 ? 0 : 1;
    if (const auto made = first_keys(*data, options); !made.ok())
        return print(failed(made.error())) == 0 ? 0 : 1;
    options.serve.folder = options.data;
    const auto served = serve(*data, options.serve);
    if (!served.ok())
        print(failed(served.error()));
    return served.ok() ? 0 : 1;
}

// The store is locked while a `serve` runs: then it answers; otherwise we open it here.
CommandOutcome run_beside(Options& options) {
    auto asked = ask_running(options.data, options.command);
    if (!asked.ok())
        return failed(asked.error());
    if (*asked)
        return std::move(**asked);
    // Only `serve` and `keys make` begin an endpoint: a mistyped --data must not look like one
    // that has counted nothing.
    const bool may_begin = options.command.name == "keys-make";
    if (std::error_code problem; !may_begin && options.database.empty() &&
                                 !std::filesystem::exists(options.data + "/doorstep.sqlite", problem))
        return failed(Error{Fault::not_found, "There is no endpoint in the folder " + options.data + ".",
                            "Check --data; serve and keys make begin a new one."});
    auto data = DataFolder::open(place_of(options, may_begin));
    if (!data.ok())
        return {1, {}, data.error().text() + "\n"};
    if (const auto noted = take_up_notes(*data); !noted.ok())
        return failed(noted.error());
    return run_command(*data, options.command);
}

// A start with --keys-stored may confirm them now.
Result<void> note_shown(const Options& options, std::string_view sheet) {
    TRY(const auto recovery, from_custody_sheet(CustodyKey::recovery, sheet));
    return KeyFiles(options.data, options.device_secret).mark_shown(recovery.public_key);
}

int run_make_keys(Options& options) {
    if (const auto can = can_show_sheet(options); !can.ok())
        return print(failed(can.error()));
    auto made = run_beside(options);
    if (made.status != 0)
        return print(made);
    auto shown = show_sheet(options, made.out);
    if (!shown.ok())
        shown = Error{shown.error().fault, shown.error().what,
                      "Nobody has the sheet of these keys: make new ones with doorstep-endpoint keys make."};
    else
        shown = note_shown(options, made.out);
    ::explicit_bzero(made.out.data(), made.out.size());
    return print(shown.ok() ? CommandOutcome{0, {}, made.err} : failed(shown.error()));
}

// With --out the ticket is in that file and nowhere else, unless it cannot be written: the
// tablet is enrolled, so that the ticket must not be lost.
int run_enrol(Options& options) {
    auto enrolled = run_beside(options);
    constexpr std::string_view secrets = "\nseed       ";
    constexpr std::string_view word = "\nticket     ";
    const auto from = enrolled.out.find(secrets);
    const auto at = enrolled.out.find(word);
    if (enrolled.status != 0 || options.ticket.empty() || from == std::string::npos ||
        at == std::string::npos)
        return print(enrolled);
    const auto written = write_durably(options.ticket, enrolled.out.substr(at + word.size()), 0600);
    if (!written.ok()) {
        enrolled.err += written.error().text() + "\n";
        enrolled.status = 1;
        return print(enrolled);
    }
    ::explicit_bzero(enrolled.out.data() + from, enrolled.out.size() - from);
    enrolled.out.resize(from);
    enrolled.out += "\nticket     is in " + options.ticket + "\n";
    enrolled.err = "Give the file to that tablet only.\n";
    return print(enrolled);
}

// The authority's key lies under the device secret, too.
Result<void> spare_in_use(const Options& options, const KeyPair& recovery) {
    const KeyFiles files(options.data, options.device_secret);
    const SystemClock clock;
    const Authority authority(options.data, files, clock);
    return authority.opens() ? Result<void>() : authority.use_spare(recovery);
}

// The system's name of whoever asks, for the audit.
std::string user_name() {
    const struct passwd* user = ::getpwuid(::getuid());
    return user != nullptr ? std::string(user->pw_name) : "uid " + std::to_string(::getuid());
}

// What is done to files alone is in the audit all the same.
Result<void> note_of_files(const Options& options, const std::string& what) {
    return note_later(options.data, SystemClock().now_ms(), {"operator " + user_name(), what, "", ""});
}

// Of files alone: a `serve` that runs has its keys.
int run_recover_keys(const Options& options) {
    const auto recovery = recovery_key_in(options.sheet);
    if (!recovery.ok())
        return print(failed(recovery.error()));
    if (const auto noted = note_of_files(options, "keys-recover"); !noted.ok())
        return print(failed(noted.error()));
    const auto done = KeyFiles(options.data, options.device_secret).recover(*recovery);
    if (!done.ok())
        return print(failed(done.error()));
    if (const auto spare = spare_in_use(options, *recovery); !spare.ok())
        return print(failed(spare.error()));
    return print({0, "The keys of this endpoint open again on this machine. Tablets go on as before.\n",
                  "Remove " + options.sheet + ": the sheet belongs on paper.\n"});
}

// Frame by frame, beside a running `serve` too: what was taken in stays taken in, and the
// same file again changes nothing.  One that is refused does not keep the next from being taken in.
int run_take_in(Options& options) {
    const auto file = read_small_file(options.rescue, rescue_file_bytes_max);
    if (!file.ok())
        return print(failed(file.error()));
    const auto frames = rescue_frames(*file);
    if (!frames.ok())
        return print(failed(frames.error()));
    int worst = 0;
    for (std::size_t i = 0; i < frames->size(); ++i) {
        options.command.frame = frames->at(i);
        auto outcome = run_beside(options);
        if (frames->size() > 1)
            (outcome.status == 0 ? outcome.out : outcome.err)
                .insert(0, "Part " + std::to_string(i + 1) + " of " + std::to_string(frames->size()) + ": ");
        worst = std::max(worst, print(outcome));
    }
    return worst;
}

int run_about_subjects(Options& options, const CLI::App& chosen) {
    if (const auto filled = fill_subject_command(chosen, options.subjects, options.command); !filled.ok())
        return print(failed(filled.error()));
    return print(delivered(options.subjects, run_beside(options)));
}

int run_authority(Options& options, const std::string& what) {
    options.authority.data = options.data;
    options.authority.device_secret = options.device_secret;
    if (what != "show")
        if (const auto noted = note_of_files(options, "authority-" + what); !noted.ok())
            return print(failed(noted.error()));
    return print(what == "show"        ? authority_show(options.authority)
                 : what == "spare"     ? authority_spare(options.authority)
                 : what == "use-spare" ? authority_use_spare(options.authority)
                                       : authority_proxy(options.authority));
}

int run_audit(Options& options) {
    if (!options.heads.empty()) {
        const auto heads = read_small_file(options.heads, std::size_t{1} << 20);
        if (!heads.ok())
            return print(failed(heads.error()));
        options.command.words["heads"] = *heads;
    }
    return print(run_beside(options));
}

// restore, and verify of a file: a `serve` that runs has nothing to do with them.
int run_with_sheet(const Options& options, bool restoring) {
    const BackupPlace place{options.data, options.questionnaires, options.device_secret,
                            "operator " + user_name(), options.database};
    auto recovery = Result<KeyPair>(KeyPair{});
    if (!options.backup.sheet.empty())
        recovery = recovery_key_in(options.backup.sheet);
    if (!recovery.ok())
        return print(failed(recovery.error()));
    const auto done = restoring ? run_restore(options.backup, place, *recovery)
                                : run_verify_file(options.backup, place,
                                                  options.backup.sheet.empty() ? nullptr : &*recovery);
    return print(done.ok() ? CommandOutcome{0, *done, {}} : failed(done.error()));
}

int run_other(Options& options, const CLI::App& app) {
    const CLI::App* chosen = app.get_subcommands().front();
    options.command.words["operator"] = user_name();
    if (is_of_subjects(*chosen))
        return run_about_subjects(options, *chosen);
    if (chosen->get_name() == "authority")
        return run_authority(options, chosen->get_subcommands().front()->get_name());
    options.command.name = chosen->get_name();
    if (const auto within = chosen->get_subcommands(); !within.empty())
        options.command.name += "-" + within.front()->get_name();
    if (const auto read = read_agency_secret(options.command); !read.ok())
        return print(failed(read.error()));
    if (const auto said = check_withdrawal(options.command); !said.ok())
        return print(failed(said.error()));
    if (options.command.name == "restore" || !options.backup.file.empty())
        return run_with_sheet(options, options.command.name == "restore");
    const auto words = backup_words(options.backup);
    if (!words.ok())
        return print(failed(words.error()));
    options.command.words.insert(words->begin(), words->end());
    options.command.form = options.csv ? "csv" : options.json ? "json" : "table";
    if (const auto ready = fill_parcel_command(options.parcels, options.data, options.command); !ready.ok())
        return print(failed(ready.error()));
    else
        std::fputs(ready->c_str(), stdout);
    if (options.command.name == "keys-make")
        return run_make_keys(options);
    if (options.command.name == "keys-recover")
        return run_recover_keys(options);
    const auto beside = [&](const Command& command) {
        options.command = command;
        return run_beside(options);
    };
    if (options.command.name == "tablets-approve")
        return print(run_approve(options.codes, options.command, beside));
    if (options.command.name == "enrol")
        return options.codes.code ? print(run_enrol_code(options.codes, options.command, beside))
                                  : run_enrol(options);
    if (options.command.name == "take-in")
        return run_take_in(options);
    if (options.command.name == "audit")
        return run_audit(options);
    return print(run_beside(options));
}

void declare_audit(CLI::App& app, Options& options) {
    app.add_subcommand("audit", "Who did what at this endpoint, and whether the record of it is whole")
        ->add_option("--check-heads", options.heads,
                     "A file with what doorstep audit-heads printed on tablets: tells what was cut off");
}

void declare_keys(CLI::App& app, Options& options) {
    auto& keys = *app.add_subcommand("keys", "The endpoint's keys and their custody sheet");
    keys.require_subcommand(1);
    keys.fallthrough();
    auto& make = *keys.add_subcommand("make", "Make them and show the custody sheet, once");
    make.add_option("--sheet", options.sheet, "Write the sheet into this file, for its owner alone");
    keys.add_subcommand("confirm", "The custody sheet is stored: tablets may be enrolled");
    auto& recover =
        *keys.add_subcommand("recover", "The device secret is lost: open the keys with the sheet");
    recover
        .add_option("--sheet", options.sheet,
                    "A file with the custody sheet, or with its recovery line alone")
        ->required();
}

CLI::App& declare_tablets(CLI::App& app, Options& options) {
    auto& tablets = *app.add_subcommand("tablets", "Every tablet: acknowledged, unsent, last seen");
    tablets.fallthrough();
    tablets.require_subcommand(0, 1);
    constexpr std::array<std::array<const char*, 2>, 4> about = {{
        {"lost", "What a tablet held, when it was seen and when it was unlocked last"},
        {"revoke", "Its requests are refused from now on; its rescue file is still taken in"},
        {"retire", "It sends what is unsent, then erases everything on it"},
        {"wipe", "Revoke it; it erases everything on it as soon as it asks for anything"},
    }};
    for (const auto& [name, what] : about)
        tablets.add_subcommand(name, what)
            ->add_option("tablet", options.command.tablet, "Its name")
            ->required();
    return tablets;
}

void declare_authority(CLI::App& app, Options& options) {
    auto& authority = *app.add_subcommand("authority", "The certificates that tablets trust");
    authority.require_subcommand(1);
    authority.fallthrough();
    authority.add_subcommand("show", "What tickets carry of it");
    for (const auto& [name, what] :
         {std::pair{"spare", "Make the spare authority of the recovery key, where there is none yet"},
          std::pair{"use-spare", "The authority is no longer to be trusted: the spare takes its place"}})
        authority.add_subcommand(name, what)
            ->add_option("--sheet", options.authority.sheet, "A file with the custody sheet")
            ->required();
    auto& proxy =
        *authority.add_subcommand("proxy", "A certificate for a proxy in front of --plain-loopback");
    proxy.add_option("--name", options.authority.names, "A name or address that tablets use")->required();
    proxy.add_option("--out", options.authority.out, "The folder for endpoint.pem and endpoint-key.pem")
        ->required();
}

void declare_officers(CLI::App& app, Options& options) {
    auto& officers = *app.add_subcommand("officers", "Every officer: doors, last seen at one, left");
    officers.fallthrough();
    officers.require_subcommand(0, 1);
    auto& leave = *officers.add_subcommand("leave", "Their sign-ins end on every tablet with its next sync");
    leave.add_option("officer", options.command.words["officer"], "Their code")->required();
    leave.add_flag_callback(
        "--unseen", [&options] { options.command.words["unseen"] = "yes"; },
        "No record names them: they never synced, or worked elsewhere");
    officers.add_subcommand("return", "They may be given a sign-in again")
        ->add_option("officer", options.command.words["officer"], "Their code")
        ->required();
}

void declare_set_aside(CLI::App& app) {
    auto& aside =
        *app.add_subcommand("set-aside", "What tablets sent and this endpoint could not take as it is");
    aside.fallthrough();
    aside.require_subcommand(1);
    aside.add_subcommand("list", "Ids, tablets, since when and why; no content");
}

void declare(CLI::App& app, Options& options) {
    app.require_subcommand(1);
    app.fallthrough();  // --data may stand before or after the command
    app.add_option("--data", options.data, "The endpoint's folder")->required();
    app.add_option("--database", options.database,
                   "postgresql://USER@HOST/NAME: the rows are there, and several endpoints may share them")
        ->envname("DOORSTEP_DATABASE");
    app.add_option("--device-secret", options.device_secret,
                   "The secret of this machine, outside the folder; else FOLDER.device-secret");
    app.add_option("--erasure-list", options.erasure_list,
                   "What was forgotten, by ids, best on another disk; else FOLDER/erasures.list");
    app.add_option("--questionnaires", options.questionnaires,
                   "The folder that holds the directory of agencies");

    auto& serve = *app.add_subcommand("serve", "Take what tablets send, until it is ended");
    serve.add_option("--address", options.serve.listener.address,
                     "Where to listen (127.0.0.1); 0.0.0.0 is everywhere");
    serve.add_flag("--plain-loopback", options.serve.listener.plain_loopback,
                   "In clear, on loopback alone, behind a proxy on this machine");
    serve.add_option("--name", options.serve.names, "A name or address that tablets use for this endpoint");
    serve.add_option("--port", options.serve.listener.port, "0 takes any that is free")->default_val(8443);
    serve.add_option("--port-file", options.serve.port_file,
                     "Write the port into this file when it is ready");
    serve.add_option("--sheet", options.sheet, "At the first start: write the custody sheet into this file");
    declare_backup_of_serve(serve, options.serve);
    serve.add_option("--min-app", options.serve.min_app,
                     "The oldest Doorstep that tablets may pull with, like 0.2.0; an older one still sends");
    serve.add_flag("--keys-stored", options.keys_stored, "The custody sheet is stored");

    auto& enrol = *app.add_subcommand("enrol", "Let a tablet in: prints its enrolment, seed and ticket");
    enrol.add_option("tablet,--tablet", options.command.tablet, "Its name: letters, digits, - and _")
        ->required();
    enrol.add_option("--out", options.ticket,
                     "Write the ticket into this file, for its owner alone, and do not print it");

    auto& report = *app.add_subcommand("report", "The counts of a period");
    report.add_option("--from", options.command.from, "First day, 2013-06-08")->required();
    report.add_option("--to", options.command.to, "Last day, included")->required();
    report.add_option("--columns", options.command.columns, "A column set of the directory")->required();
    auto* const csv = report.add_flag("--csv", options.csv, "For a spreadsheet");
    report.add_flag("--json", options.json, "For a program")->excludes(csv);

    declare_codes(enrol, declare_tablets(app, options), options.codes, options.command);
    declare_officers(app, options);
    app.add_subcommand("take-in", "Take in what a tablet could not send, from its rescue file")
        ->add_option("file", options.rescue, "What doorstep rescue wrote")
        ->required();
    declare_set_aside(app);
    declare_keys(app, options);
    declare_subjects(app, options.subjects);
    declare_authority(app, options);
    declare_audit(app, options);
    declare_backup(app, options.backup);
    declare_agencies(app, options.command);
    declare_parcels(app, options.parcels, options.command);
    declare_sending(serve, options.serve.sending);
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
    return run_other(options, app);
}
