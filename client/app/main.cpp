// doorstep: the tablet app.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>

#include "client/app/address_commands.h"
#include "client/app/app.h"
#include "client/app/audit_heads.h"
#include "client/app/code_enrolment.h"
#include "client/app/commands.h"
#include "client/app/process.h"
#include "client/app/recovery_command.h"
#include "client/app/rescue_commands.h"
#include "client/platform/endings.h"

using namespace doorstep;

namespace {

struct Options {
    std::string folder = usual_folder();
    AppOptions app;
    std::string size;
    float ppi = 0;
    bool accelerated = false;
    std::string device_secret;
    WhoSignsIn who;
    VisitToLoad visit;
    AddressesToLoad addresses;
    EnrolmentGiven enrolment;
    CodeGiven by_code;
    std::string lead_passphrase_file;
    std::string rescue_file;
    RecoveryGiven recovery;
};

int fail(const Error& error) {
    fmt::print(stderr, "doorstep: {}\n", error.text());
    return error.fault == Fault::bad_input || error.fault == Fault::not_found ? 2 : 1;
}

int tell(const Result<std::string>& outcome) {
    if (!outcome.ok())
        return fail(outcome.error());
    std::fputs(outcome->c_str(), stdout);
    return 0;
}

void declare_window(CLI::App& app, Options& options) {
    app.add_option("--data", options.folder, "The folder of this tablet's records");
    app.add_option("--questionnaires", options.app.shift.questionnaires,
                   "The folder of the questionnaires and the directory of agencies");
    app.add_option("--officer", options.app.shift.on_duty.officer, "Code of the officer: off-pol-01");
    app.add_option("--companion", options.app.shift.on_duty.companion, "Code of who goes along");
    app.add_option("--team", options.app.shift.on_duty.team, "Code of the team: team-1");
    app.add_option("--name", options.app.shift.officer_name, "How to greet the officer");
    app.add_option("--size", options.size, "Of the window in pixels: 1280x800");
    app.add_flag("--full-screen", options.app.window.full_screen, "Without a frame around it");
    app.add_option("--ppi", options.ppi, "Pixels per inch of the screen")->check(CLI::Range(72, 600));
    app.add_flag("--accelerated", options.accelerated, "Draw with the graphics processor");
    app.add_option("--device-secret", options.device_secret,
                   "The file of this tablet's secret, outside its folder; else FOLDER.device-secret");
    app.add_option("--lock-after", options.app.idle.elsewhere_s, "Seconds without a touch until it locks")
        ->check(CLI::Range(10, 3600))
        ->capture_default_str();
    app.add_option("--lock-questionnaire-after", options.app.idle.in_questionnaire_s,
                   "The same, within a questionnaire")
        ->check(CLI::Range(10, 3600))
        ->capture_default_str();
    app.add_flag("--first-frame", options.app.first_frame_only, "End after the first frame")->group("");
    app.add_option("--shift", options.app.shift.shift, "Handed on by a lock")->group("");
    app.add_option("--unsaved", options.app.shift.unsaved, "So too: answers that the disk refused")
        ->group("");
}

void declare_who(CLI::App& command, Options& options) {
    command.add_option("--as", options.who.label, "Code of who signs in, where there are several");
    command.add_option("--passphrase-file", options.who.passphrase_file,
                       "File with that one's passphrase; else asked for here");
}

// Neither needs a passphrase: nobody can read what is carried.
void declare_rescue(CLI::App& app, Options& options) {
    app.add_subcommand("rescue", "Write everything unsent, sealed to the endpoint, into a file")
        ->add_option("--out", options.rescue_file, "On a stick, for instance")
        ->required();
    app.add_subcommand("carry", "Take another tablet's rescue file along: the next sync hands it over")
        ->add_option("file", options.rescue_file, "What doorstep rescue wrote there")
        ->required();
    app.add_subcommand("audit-heads", "What this tablet witnesses of its endpoint's audit, a line each");
}

void declare_recovery(CLI::App& app, Options& options) {
    auto& recover = *app.add_subcommand(
        "recover", "With the recovery key of the custody sheet: let a team lead in who can be let in "
                   "no other way");
    recover.add_option("--lead", options.recovery.lead, "Code of that lead, one of before or a new one")
        ->required();
    recover.add_option("--sheet", options.recovery.sheet,
                       "File with the custody sheet, or with its recovery line; else asked for here");
    recover.add_option("--passphrase-file", options.recovery.passphrase_file,
                       "File with that lead's new passphrase; else asked for here, twice");
}

void declare_enrolment(CLI::App& app, Options& options) {
    auto& enrol = *app.add_subcommand("enrol", "Tell this tablet which endpoint it belongs to");
    enrol.add_option("--endpoint", options.enrolment.endpoint, "https://endpoint.example:8443");
    auto* const ticket =
        enrol.add_option("--ticket", options.enrolment.ticket,
                         "File with what `doorstep-endpoint enrol` gave; - reads it from standard input");
    auto* const code = enrol
                           .add_option("--code", options.by_code.code,
                                       "What `doorstep-endpoint enrol --code` showed: 7K3M-Q2ZT")
                           ->excludes(ticket);
    enrol
        .add_option("--qr", options.by_code.invitation,
                    "The text of its QR picture, instead of address and code; - reads it from standard input")
        ->excludes(ticket)
        ->excludes(code);
    enrol.add_option("--check-words", options.by_code.authority_words,
                     "With --code: the four words that the centre reads out; else you are asked");
    enrol.add_option("--wait", options.by_code.wait_minutes, "Minutes until the centre has approved it")
        ->check(CLI::Range(1, 24 * 60))
        ->capture_default_str();
    enrol.add_option("--lead", options.enrolment.lead,
                     "Code of the first team lead: off-pol-01; else asked for at the first start");
    enrol.add_option("--passphrase-file", options.lead_passphrase_file,
                     "File with that lead's passphrase; else asked for here");
    app.add_subcommand("enrolments", "Where this tablet was enrolled, a line each");
}

void declare_commands(CLI::App& app, Options& options) {
    app.require_subcommand(0, 1);
    app.fallthrough();  // --data may stand before or after the commands made from here on
    auto& load = *app.add_subcommand("load-visit", "Plan a visit and give this tablet its doors");
    load.add_option("file", options.visit.file,
                    "CSV in walking order: area, road_code, number_or_name, "
                    "flat, road, postcode, uprn")
        ->required();
    load.add_option("--label", options.visit.label, "Of the visit: SS-2026-11-21-BE")->required();
    load.add_option("--area", options.visit.area, "Code of the area: BE")->required();
    load.add_option("--day", options.visit.day, "2026-11-21")->required();
    load.add_option("--programme", options.visit.programme, "safer_streets")->capture_default_str();
    declare_who(load, options);

    auto& addresses = *app.add_subcommand("load-addresses", "Give this tablet the addresses of its borough");
    addresses
        .add_option("file", options.addresses.file,
                    "CSV with uprn, the parts of BS 7666, and ward, area, road_code where there are any")
        ->required();
    addresses.add_option("--report", options.addresses.report,
                         "Where rows that are left out are told, as CSV");
    declare_who(addresses, options);

    declare_enrolment(app, options);
    app.require_subcommand(0, 1);
    declare_rescue(app, options);
    declare_recovery(app, options);
}

bool read_size(const std::string& text, WindowOptions& window) {
    int width = 0;
    int height = 0;
    char rest = 0;
    if (std::sscanf(text.c_str(), "%5dx%5d%c", &width, &height, &rest) != 2 || width < 320 || height < 240)
        return false;
    window.width = width;
    window.height = height;
    return true;
}

struct Ended {
    int status = 0;
    std::optional<int> begin_anew;
    int unsaved = -1;
};

// What the process was started with, but for what the lock says anew.
std::vector<std::string> arguments_again(int argc, char** argv, const Ended& ended) {
    std::vector<std::string> again;
    for (int i = 0; i < argc; ++i) {
        const std::string_view given = argv[i];
        if (given == "--shift" || given == "--unsaved")
            ++i;
        else if (!given.starts_with("--shift=") && !given.starts_with("--unsaved="))
            again.emplace_back(given);
    }
    const auto hand_on = [&](const char* name, int number) {
        if (number >= 0) {
            again.emplace_back(name);
            again.push_back(std::to_string(number));
        }
    };
    hand_on("--shift", *ended.begin_anew);
    hand_on("--unsaved", ended.unsaved);
    return again;
}

Ended run_window(Options& options, const Clock& clock, Random& random) {
    if (!options.size.empty() && !read_size(options.size, options.app.window))
        return {fail({Fault::bad_input, fmt::format("--size \"{}\" is no size.", options.size),
                      "Write it as 1280x800; at least 320x240."}),
                {}};
    if (options.ppi > 0)
        options.app.window.ppi = options.ppi;
    options.app.window.software = !options.accelerated;
    options.app.shift.folder = options.folder;
    options.app.shift.device_secret = options.device_secret;
    if (!options.app.first_frame_only)
        options.app.surroundings = machine_surroundings();
    auto app = App::open(options.app, clock, random);
    if (!app.ok()) {
        fail(app.error());
        return {1, {}};
    }
    if (options.app.first_frame_only)
        return {(*app)->frame() ? 0 : 1, {}};
    const int status = (*app)->run();
    return {status, (*app)->begin_anew(), (*app)->unsaved()};
}

Result<std::string> enrol_tablet(Options& options, const Clock& clock) {
    if (!options.enrolment.lead.empty()) {
        TRY(options.enrolment.passphrase,
            read_passphrase(options.lead_passphrase_file, options.enrolment.lead));
    }
    if (options.enrolment.endpoint.empty() && options.by_code.invitation.empty())
        return Error{Fault::bad_input, "Where the endpoint is was not said.",
                     "Give --endpoint https://endpoint.example:8443, or --qr with the text of the picture."};
    if (!options.by_code.code.empty() || !options.by_code.invitation.empty()) {
        options.by_code.enrolment = std::move(options.enrolment);
        return enrol_by_code(options.by_code, clock, talk_on_terminal());
    }
    if (options.enrolment.ticket.empty())
        return Error{Fault::bad_input, "How this tablet is let in was not said.",
                     "Give --code, --qr, or --ticket with a file."};
    return enrol(options.enrolment, clock);
}

Result<std::string> load(Options& options, const Clock& clock, Random& random) {
    TRY(const auto visit, read_visit(options.visit, clock));
    TRY(const auto who, sign_in(options.enrolment.places, options.who, clock));
    TRY(const auto here, open_tablet(options.enrolment.places, who, clock, random));
    TRY(const auto said, load_visit(options.visit, visit, here.tablet->store(), clock, random));
    return said + here.to_tell;
}

Result<std::string> take_addresses(Options& options, const Clock& clock, Random& random) {
    TRY(const auto who, sign_in(options.enrolment.places, options.who, clock));
    TRY(const auto here, open_tablet(options.enrolment.places, who, clock, random));
    TRY(const auto said, load_addresses(options.addresses, here.tablet->store()));
    return said + here.to_tell;
}

}  // namespace

int main(int argc, char** argv) {
    hold_lock_signal();
    // A file that may not grow is a full disk, which is said, and not a reason to die.
    std::signal(SIGXFSZ, SIG_IGN);
    const std::string missing = harden_process();
    CLI::App cli("Doorstep, for officers at the door.");
    Options options;
    declare_window(cli, options);
    declare_commands(cli, options);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? 0 : 2;
    }
    if (!cli.get_subcommands().empty())
        ignore_lock_signal();
    if (options.folder.empty())
        return fail({Fault::bad_input, "There is no home folder to keep the records in.",
                     "Name a folder: --data DIR."});
    const SystemClock clock;
    SystemRandom random;
    options.enrolment.places = places_of(options.folder, options.device_secret);
    options.visit.folder = options.folder;
    options.visit.device_secret = options.device_secret;
    options.visit.on_duty = options.app.shift.on_duty;
    options.visit.questionnaires = options.app.shift.questionnaires;
    if (cli.got_subcommand("load-visit"))
        return tell(load(options, clock, random));
    if (cli.got_subcommand("load-addresses"))
        return tell(take_addresses(options, clock, random));
    if (cli.got_subcommand("enrol"))
        return tell(enrol_tablet(options, clock));
    if (cli.got_subcommand("enrolments"))
        return tell(enrolment_record(options.enrolment.places));
    if (cli.got_subcommand("rescue"))
        return tell(rescue(options.enrolment.places, options.rescue_file, clock, random));
    if (cli.got_subcommand("carry"))
        return tell(carry(options.enrolment.places, options.rescue_file, clock, random));
    if (cli.got_subcommand("audit-heads"))
        return tell(audit_heads(options.enrolment.places, clock, random));
    if (cli.got_subcommand("recover")) {
        options.recovery.places = options.enrolment.places;
        return tell(recover(options.recovery, clock, random));
    }
    if (!missing.empty())
        fmt::print(stderr, "doorstep: {}\n", missing);
    const Ended ended = run_window(options, clock, random);
    if (!ended.begin_anew)
        return ended.status;
    begin_anew(arguments_again(argc, argv, ended), {*ended.begin_anew, ended.unsaved});
    return fail({Fault::broken, "Doorstep was locked and could not be started again.",
                 "Start it once more. What was saved is kept."});
}
