#include "client/app/commands.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>

#include "client/app/visit_file.h"
#include "forms/base/encoding.h"
#include "forms/desk/files.h"
#include "sync/http/endpoint_address.h"
#include "sync/report/lists.h"
#include "sync/store/identity_file.h"
#include "sync/store/walks.h"
#include "sync/wire/ticket.h"

namespace doorstep {

namespace {

bool file_is_there(const std::string& file) {
    return ::access(file.c_str(), F_OK) == 0;
}

Error mistakes(const Diagnostics& found) {
    constexpr std::size_t most = 50;
    std::string text;
    for (std::size_t i = 0; i < std::min(found.size(), most); ++i)
        text += (i == 0 ? "" : "\n") + found[i].text();
    if (found.size() > most)
        text += fmt::format("\n... and {} more.", found.size() - most);
    return {Fault::bad_input, text, "\nNothing was loaded."};
}

Result<Uuid> planned(const VisitToLoad& wanted, Day day, Store& store, const Clock& clock, Random& random) {
    TRY(const auto visits, planned_visits(store.sql()));
    for (const PlannedVisitRow& each : visits) {
        if (each.label != wanted.label)
            continue;
        if (each.day != day || each.area != wanted.area || each.programme != wanted.programme)
            return Error{Fault::conflict,
                         fmt::format("The visit {} is planned already: {}, area {}, programme {}.",
                                     each.label, each.day.text(), each.area, each.programme),
                         "Give the same day, area and programme, or another label."};
        return each.visit;
    }
    const Library none;
    Casework casework(store, none, clock, random, wanted.on_duty);
    std::vector<std::string> teams;
    if (!wanted.on_duty.team.empty())
        teams.push_back(wanted.on_duty.team);
    return casework.plan_visit(wanted.label, wanted.programme, wanted.area, day, teams);
}

}  // namespace

Result<std::string> load_visit(const VisitToLoad& wanted, RowKeys keys, const Clock& clock, Random& random) {
    const auto day = Day::parse(wanted.day);
    if (!day)
        return Error{Fault::bad_input, fmt::format("--day \"{}\" is not a date.", wanted.day),
                     "Write dates as 2026-11-21."};
    TRY(const std::string text, read_file(wanted.file));
    Diagnostics found;
    const auto doors =
        read_visit_file(text, std::filesystem::path(wanted.file).filename().string(), wanted.area, found);
    if (has_error(found))
        return mistakes(found);
    TRY(const auto tablet, OpenedTablet::open(wanted.folder, std::move(keys), clock, random));
    TRY(const Uuid visit, planned(wanted, *day, tablet->store(), clock, random));
    TRY_DO(Walks(tablet->store()).keep(visit, doors));
    return fmt::format("{}: {} doors in walking order on {}.\n", wanted.label, doors.size(), day->text());
}

namespace {

Result<wire::Ticket> ticket_at(const std::string& file) {
    std::string line;
    if (file == "-") {
        std::getline(std::cin, line);
    } else {
        TRY(line, read_file(file));
    }
    return wire::decode_ticket(line);
}

Result<DeviceSecret> secret_of(const TabletPlaces& places) {
    auto device = DeviceSecret::load(places.device_secret);
    if (device.ok() || device.error().fault != Fault::not_found || file_is_there(places.vault.file))
        return device;
    return DeviceSecret::make(places.device_secret);
}

Result<void> make_vault(const EnrolmentGiven& given, const TabletIdentity& identity, DeviceSecret device,
                        const Clock& clock) {
    const SystemBootTime boot;
    VaultSurroundings around{clock, boot};
    if (given.cost)
        around.floor = *given.cost;
    TRY_DO(check_passphrase(given.passphrase.view()));
    const NewVault wanted{given.lead, given.passphrase.view(),
                          given.cost ? *given.cost : calibrate(measured_by(boot)),
                          PublicKey{identity.recovery_key}, VerifyKey{identity.signing_key}};
    TRY_DO(Vault::create(given.places.vault, std::move(device), around, wanted));
    return {};
}

// Without an echo, from whoever sits at the terminal.
Result<SecretText> ask(const std::string& whose) {
    termios before{};
    if (::tcgetattr(STDIN_FILENO, &before) != 0)
        return Error{Fault::bad_input, "Nobody is at a terminal to type the passphrase.",
                     "Name a file that holds it: --passphrase-file FILE."};
    fmt::print(stderr, "Passphrase of {}: ", whose);
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    std::string line;
    std::getline(std::cin, line);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fmt::print(stderr, "\n");
    SecretText typed(line);
    wipe_text(line);
    return typed;
}

}  // namespace

Result<std::string> enrol(const EnrolmentGiven& given, const Clock& clock) {
    TRY(const wire::Ticket ticket, ticket_at(given.ticket));
    TRY(const std::string endpoint, endpoint_address(given.endpoint));
    const bool has_vault = file_is_there(given.places.vault.file);
    if (has_vault && !given.lead.empty())
        return Error{Fault::conflict, "This tablet has its team lead already.",
                     "Leave out --lead: a lead adds others in the app."};
    if (!given.lead.empty())
        TRY_DO(check_passphrase(given.passphrase.view()));
    TRY_DO(store_file(given.places.folder));  // makes the folder
    TRY(auto device, secret_of(given.places));
    const TabletIdentity identity{ticket.enrolment,   ticket.tablet,           endpoint,
                                  ticket.token,       ticket.safeguarding_key, ticket.sealing_key,
                                  ticket.signing_key, ticket.recovery_key};
    TRY_DO(keep_identity(given.places.identity, identity, device));
    std::string said = fmt::format("{} is enrolled at {}.\n", ticket.tablet, endpoint);
    if (has_vault)
        return said + "It is taken over when somebody next signs in.\n";
    if (given.lead.empty())
        return said + "Its first team lead chooses a passphrase when Doorstep is started.\n";
    TRY_DO(make_vault(given, identity, std::move(device), clock));
    return said + fmt::format("{} may sign in as its first team lead.\n", given.lead);
}

Result<SecretText> read_passphrase(const std::string& file, const std::string& whose) {
    if (file.empty())
        return ask(whose);
    TRY(std::string text, read_file(file));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    SecretText typed(text);
    wipe_text(text);
    return typed;
}

Result<RowKeys> sign_in(const TabletPlaces& places, const WhoSignsIn& who, const Clock& clock) {
    TRY(auto device, DeviceSecret::load(places.device_secret));
    const SystemBootTime boot;
    VaultSurroundings around{clock, boot};
    if (who.cost)
        around.floor = *who.cost;
    TRY(auto vault, Vault::open(places.vault, std::move(device), around));
    TRY(const auto people, vault.sign_ins());
    const auto one = std::find_if(people.begin(), people.end(), [&](const SignIn& each) {
        return who.label.empty() ? people.size() == 1 : each.label == who.label;
    });
    if (one == people.end())
        return Error{Fault::not_found, "Nobody of that code may sign in on this tablet.",
                     "Name one who may: --as CODE."};
    TRY(const SecretText passphrase, read_passphrase(who.passphrase_file, one->label));
    TRY_DO(vault.unlock(one->slot, passphrase.view()));
    return vault.row_keys();
}

std::string usual_folder() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/')
        return std::string(data) + "/doorstep";
    if (const char* home = std::getenv("HOME"); home && *home == '/')
        return std::string(home) + "/.local/share/doorstep";
    return {};
}

}  // namespace doorstep
