#include "client/app/commands.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>

#include "client/app/enrolment_record.h"
#include "client/app/published.h"
#include "client/app/taking_over.h"
#include "client/app/typed_passphrase.h"
#include "client/app/visit_file.h"
#include "forms/base/counted.h"
#include "forms/base/encoding.h"
#include "forms/desk/files.h"
#include "forms/desk/package.h"
#include "forms/directory/directory.h"
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

constexpr std::size_t code_bytes_max = 64;
constexpr int days_away_max = 366;

// As everything that a person writes about a visit: it stands on pages and in reports.
Result<void> check_code(const char* option, const std::string& text) {
    const bool control = std::any_of(text.begin(), text.end(), [](char each) {
        return static_cast<unsigned char>(each) < 0x20 || each == 0x7F;
    });
    const bool blank = text.find_first_not_of(' ') == std::string::npos;
    if (blank || control || text.size() > code_bytes_max)
        return Error{Fault::bad_input,
                     blank     ? fmt::format("{} is empty.", option)
                     : control ? fmt::format("{} holds a control character.", option)
                               : fmt::format("{} is longer than {} bytes.", option, code_bytes_max),
                     "Write a code such as BE or SS-2026-11-21-BE."};
    return {};
}

Result<void> check_programme(const VisitToLoad& wanted, Day day) {
    Diagnostics found;
    const Directory directory = directory_with(
        wanted.questionnaires, parcels_of(places_of(wanted.folder, wanted.device_secret)), found);
    const Programme* programme = directory.programme(wanted.programme);
    if (programme && programme->valid.covers(day))
        return {};
    if (directory.programmes.empty() && has_error(found))
        return Error{
            Fault::bad_input, "The programmes of visits cannot be read.\n" + found.front().text(), {}};
    std::string known;
    for (const Programme& each : directory.programmes)
        if (each.valid.covers(day))
            known += (known.empty() ? "" : ", ") + each.code;
    return Error{Fault::bad_input,
                 programme
                     ? fmt::format("There is no programme {} on {}.", programme->code, day.text())
                     : fmt::format("--programme \"{}\" is no programme of the directory.", wanted.programme),
                 fmt::format("Known: {}.", known)};
}

// A slip in the year would hide the visit from whoever looks for today's.
Result<Day> day_of_visit(const std::string& text, const Clock& clock) {
    const auto day = Day::parse(text);
    if (!day)
        return Error{Fault::bad_input, fmt::format("--day \"{}\" is not a date.", text),
                     "Write dates as 2026-11-21."};
    const std::int64_t now_ms = clock.now_ms();
    const Day today = Day::at(now_ms, clock.utc_offset_minutes(now_ms));
    if (*day > today.plus(days_away_max) || *day < today.plus(-days_away_max))
        return Error{Fault::bad_input,
                     fmt::format("--day {} is more than a year away from {}.", day->text(), today.text()),
                     "Check the year, and the clock of this tablet."};
    return *day;
}

}  // namespace

Result<VisitRead> read_visit(const VisitToLoad& wanted, const Clock& clock) {
    TRY_DO(check_code("--label", wanted.label));
    TRY_DO(check_code("--area", wanted.area));
    TRY(const Day day, day_of_visit(wanted.day, clock));
    TRY_DO(check_programme(wanted, day));
    TRY(const std::string text, read_file(wanted.file));
    Diagnostics found;
    auto doors =
        read_visit_file(text, std::filesystem::path(wanted.file).filename().string(), wanted.area, found);
    if (has_error(found))
        return mistakes(found);
    return VisitRead{day, std::move(doors)};
}

Result<std::string> load_visit(const VisitToLoad& wanted, const VisitRead& read, Store& store,
                               const Clock& clock, Random& random) {
    TRY(const Uuid visit, planned(wanted, read.day, store, clock, random));
    TRY_DO(Walks(store).keep(visit, read.doors));
    return fmt::format("{}: {} in walking order on {}.\n", wanted.label,
                       counted(read.doors.size(), "door", "doors"), read.day.text());
}

Result<std::string> load_visit(const VisitToLoad& wanted, RowKeys keys, const Clock& clock, Random& random) {
    TRY(const VisitRead read, read_visit(wanted, clock));
    TRY(const auto tablet, OpenedTablet::open(wanted.folder, std::move(keys), clock, random));
    return load_visit(wanted, read, tablet->store(), clock, random);
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

}  // namespace

Result<DeviceSecret> ready_to_enrol(const EnrolmentGiven& given) {
    TRY_DO(check_vault_is_there(given.places));
    if (file_is_there(given.places.vault.file) && !given.lead.empty())
        return Error{Fault::conflict, "This tablet has its team lead already.",
                     "Leave out --lead: a lead adds others in the app."};
    if (!given.lead.empty())
        TRY_DO(check_passphrase(given.passphrase.view()));
    TRY_DO(store_file(given.places.folder));  // makes the folder
    return secret_of(given.places);
}

Result<std::string> take_ticket(const EnrolmentGiven& given, const wire::Ticket& ticket,
                                const std::string& where, const Clock& clock) {
    TRY(const std::string endpoint, pinned_address(where, ticket.authority_pins));
    TRY(const EndpointAddress address, parse_endpoint_address(endpoint));
    TRY(auto device, ready_to_enrol(given));
    const bool has_vault = file_is_there(given.places.vault.file);
    const TabletIdentity identity{ticket.enrolment,   ticket.tablet,           endpoint,
                                  ticket.seed,        ticket.safeguarding_key, ticket.sealing_key,
                                  ticket.signing_key, ticket.recovery_key};
    TRY_DO(renew_identity(given.places.identity, identity, device));
    TRY_DO(
        record_enrolment(given.places, device,
                         fmt::format("{} UTC  {}  {}  enrolment {}  authority {}",
                                     instant_text(clock.now_ms(), 0), ticket.tablet, address.url(),
                                     ticket.enrolment.text(), to_hex(ticket.authority_pins.substr(0, 32)))));
    std::string said = fmt::format("{} is enrolled at {}.\n", ticket.tablet, address.url());
    if (has_vault)
        return said + "It is taken over when somebody next signs in.\n";
    if (given.lead.empty())
        return said + "Its first team lead chooses a passphrase when Doorstep is started.\n";
    TRY_DO(make_vault(given, identity, std::move(device), clock));
    return said + fmt::format("{} may sign in as its first team lead.\n", given.lead);
}

Result<std::string> enrol(const EnrolmentGiven& given, const Clock& clock) {
    TRY(const wire::Ticket ticket, ticket_at(given.ticket));
    return take_ticket(given, ticket, given.endpoint, clock);
}

Result<SecretText> read_passphrase(const std::string& file, const std::string& whose) {
    if (file.empty())
        return typed_passphrase(whose, "Name a file that holds it: --passphrase-file FILE.");
    struct stat facts {};
    if (::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0)
        return Error{Fault::refused, fmt::format("Others may read the passphrase in {}.", file),
                     fmt::format("Close it to them: chmod 600 {}", file)};
    TRY(std::string text, read_file(file));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    SecretText typed(text);
    wipe_text(text);
    if (typed.view().find_first_not_of(" \t") == std::string_view::npos)
        return Error{Fault::bad_input, fmt::format("There is no passphrase in {}.", file),
                     "Nothing was tried."};
    return typed;
}

namespace {

Result<Vault> vault_at(const TabletPlaces& places, const WhoSignsIn& who, const Clock& clock,
                       const BootTime& boot) {
    TRY(auto device, DeviceSecret::load(places.device_secret));
    VaultSurroundings around{clock, boot};
    if (who.cost)
        around.floor = *who.cost;
    return Vault::open(places.vault, std::move(device), around);
}

Result<SignIn> who_it_is(const Vault& vault, const WhoSignsIn& who) {
    TRY(const auto people, vault.sign_ins());
    const auto one = std::find_if(people.begin(), people.end(), [&](const SignIn& each) {
        return who.label.empty() ? people.size() == 1 : each.label == who.label;
    });
    if (one == people.end())
        return Error{Fault::not_found, "Nobody of that code may sign in on this tablet.",
                     "Name one who may: --as CODE."};
    return *one;
}

}  // namespace

Result<SignedIn> sign_in(const TabletPlaces& places, const WhoSignsIn& who, const Clock& clock) {
    auto boot = std::make_unique<SystemBootTime>();
    SignIn one;
    {
        TRY(const auto vault, vault_at(places, who, clock, *boot));
        TRY(one, who_it_is(vault, who));
    }
    TRY(const SecretText passphrase, read_passphrase(who.passphrase_file, one.label));
    TRY(auto vault, vault_at(places, who, clock, *boot));
    TRY_DO(vault.unlock(one.slot, passphrase.view(), Shifts::stay));
    TRY(const auto device, DeviceSecret::load(places.device_secret));
    auto identity = read_identity(places.identity, device);
    if (!identity.ok() && identity.error().fault != Fault::not_found)
        return identity.error();
    return SignedIn{std::move(boot), std::move(vault),
                    identity.ok() ? std::optional(std::move(*identity)) : std::nullopt};
}

Result<TabletInHand> open_tablet(const TabletPlaces& places, const SignedIn& who, const Clock& clock,
                                 Random& random, const TabletOptions& options) {
    TRY(auto keys, who.vault.row_keys());
    TabletInHand in_hand;
    TRY(in_hand.tablet, OpenedTablet::open(places.folder, std::move(keys), clock, random, options));
    TRY(const auto taken, take_over_what_came(in_hand.tablet->store(), who.vault, who.identity));
    if (taken.refused)
        in_hand.to_tell = taken.refused->text() + "\n";
    else
        forget_identity_before(places.identity);
    if (taken.taken_along > 0)
        in_hand.to_tell +=
            counted(static_cast<std::uint64_t>(taken.taken_along), "fact that was not sent before goes",
                    "facts that were not sent before go") +
            " out under the new enrolment.\n";
    return in_hand;
}

std::string usual_folder() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/')
        return std::string(data) + "/doorstep";
    if (const char* home = std::getenv("HOME"); home && *home == '/')
        return std::string(home) + "/.local/share/doorstep";
    return {};
}

}  // namespace doorstep
