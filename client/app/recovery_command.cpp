#include "client/app/recovery_command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "client/app/commands.h"
#include "client/app/typed_passphrase.h"
#include "sync/store/identity_file.h"
#include "sync/vault/custody_sheet.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t sheet_bytes_max = 64 * 1024;

Result<SecretText> sheet_in(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0)
        return Error{Fault::refused, fmt::format("Others may read the custody sheet in {}.", file),
                     fmt::format("Close it to them: chmod 600 {}", file)};
    TRY(std::string text, read_small_file(file, sheet_bytes_max));
    SecretText sheet(text);
    wipe_text(text);
    return sheet;
}

Result<KeyPair> recovery_key(const RecoveryGiven& given) {
    TRY(const SecretText sheet,
        given.sheet.empty() ? typed_secret("Recovery key, the 14 groups of the custody sheet", "recovery key",
                                           "Name a file that holds the sheet: --sheet FILE.")
                            : sheet_in(given.sheet));
    return from_custody_sheet(CustodyKey::recovery, sheet.view());
}

Result<SecretText> new_passphrase(const RecoveryGiven& given) {
    if (!given.passphrase_file.empty())
        return read_passphrase(given.passphrase_file, given.lead);
    const std::string instead = "Name a file that holds it: --passphrase-file FILE.";
    TRY(SecretText once,
        typed_secret(fmt::format("New passphrase of {}", given.lead), "passphrase", instead));
    TRY_DO(check_passphrase(once.view()));
    TRY(const SecretText again, typed_secret("Once more", "passphrase", instead));
    if (once.view() != again.view())
        return Error{Fault::bad_input, "The two passphrases are not the same.", "Nothing was changed."};
    return once;
}

// What there is beside the vault, looked at with the keys that the recovery key opened.
struct Records {
    std::unique_ptr<OpenedTablet> tablet;  // held open, so that no window works meanwhile
    std::optional<TabletIdentity> identity;
    std::string to_tell;
};

Result<Records> look_at_records(const TabletPlaces& places, RowKeys keys, const Clock& clock,
                                Random& random) {
    Records records;
    std::error_code failed;
    if (!fs::exists(places.folder + "/doorstep.sqlite", failed))
        return records;
    TabletOptions options;
    options.ballast_bytes = 0;
    auto opened = OpenedTablet::open(places.folder, std::move(keys), clock, random, options);
    if (!opened.ok() && opened.error().fault == Fault::conflict)
        return opened.error();
    if (!opened.ok()) {
        records.to_tell = fmt::format("The records could not be opened with what this vault holds: {}\n"
                                      "If they do not open in the app either, it may not be their vault.\n",
                                      opened.error().text());
        return records;
    }
    records.tablet = std::move(opened).value();
    TRY(records.identity, records.tablet->store().identity());
    return records;
}

Result<void> set_aside(const std::string& file) {
    if (::rename(file.c_str(), (file + ".bad").c_str()) != 0)
        return Error{Fault::not_writable, fmt::format("{} is damaged and cannot be set aside.", file),
                     "Move it away, then do this again."};
    return {};
}

Result<DeviceSecret> device_for(const TabletPlaces& places) {
    auto kept = DeviceSecret::load(places.device_secret);
    if (kept.ok() || (kept.error().fault != Fault::not_found && kept.error().fault != Fault::damaged))
        return kept;
    if (kept.error().fault == Fault::damaged)
        TRY_DO(set_aside(places.device_secret));
    return DeviceSecret::make(places.device_secret);
}

Result<void> let_in(Vault& vault, const RecoveryGiven& given, std::string_view passphrase,
                    PasswordCost cost) {
    TRY(const auto people, vault.sign_ins());
    const auto known = std::find_if(people.begin(), people.end(),
                                    [&](const SignIn& one) { return one.label == given.lead; });
    if (known != people.end() && known->role != SlotRole::lead)
        return Error{Fault::conflict, fmt::format("{} is the code of an officer on this tablet.", given.lead),
                     "Name a team lead, one of before or a new one: --lead CODE."};
    if (!vault.licence().valid)
        TRY_DO(vault.renew_licence());
    if (known != people.end())
        return vault.reissue_slot(known->slot, passphrase, cost);
    TRY_DO(vault.add_slot(given.lead, SlotRole::lead, passphrase, cost));
    return {};
}

// Whether the vault had to be made anew.
Result<bool> open_or_remake(const RecoveryGiven& given, const KeyPair& recovery, std::string_view passphrase,
                            const DeviceSecret& device, const VaultSurroundings& around) {
    const auto cost = given.cost ? *given.cost : calibrate(measured_by(around.boot));
    auto vault = Vault::open(given.places.vault, DeviceSecret(device.key().duplicate()), around);
    if (vault.ok()) {
        TRY_DO(vault->unlock_by_recovery(recovery));
        TRY_DO(let_in(*vault, given, passphrase, cost));
        return false;
    }
    if (vault.error().fault != Fault::damaged)
        return vault.error();
    TRY_DO(Vault::remake(given.places.vault, DeviceSecret(device.key().duplicate()), around, recovery,
                         {given.lead, passphrase, cost}));
    return true;
}

// Lost with the device secret; the records know it too.
Result<std::string> restore_identity(const TabletPlaces& places, const DeviceSecret& device,
                                     const std::optional<TabletIdentity>& known) {
    if (read_identity(places.identity, device).ok())
        return std::string{};
    if (!known)
        return std::string("Which endpoint this tablet belongs to is not known: enrol it again.\n");
    TRY_DO(keep_identity(places.identity, *known, device));
    return std::string{};
}

}  // namespace

Result<std::string> recover(const RecoveryGiven& given, const Clock& clock, Random& random) {
    std::error_code failed;
    if (!fs::exists(given.places.vault.file, failed))
        return Error{Fault::not_found, "This tablet has no vault: the keys of its records lay in it.",
                     "Put its last copy back, then do this again."};
    TRY(const KeyPair recovery, recovery_key(given));
    TRY(auto keys, Vault::rescue_row_keys(given.places.vault.file, recovery));
    TRY(const SecretText passphrase, new_passphrase(given));
    TRY_DO(check_passphrase(passphrase.view()));
    TRY(const Records records, look_at_records(given.places, std::move(keys), clock, random));
    TRY(const DeviceSecret device, device_for(given.places));
    const SystemBootTime boot;
    VaultSurroundings around{clock, boot};
    if (given.cost)
        around.floor = *given.cost;
    TRY(const bool remade, open_or_remake(given, recovery, passphrase.view(), device, around));
    TRY(const std::string of_enrolment, restore_identity(given.places, device, records.identity));
    std::string said = fmt::format("{} may sign in as a team lead with the new passphrase.\n", given.lead);
    if (remade)
        said += "The vault was made anew: nobody else may sign in any more, until that lead adds them in the "
                "app. The one of before is beside it, as vault.before-recovery.\n";
    return said + records.to_tell + of_enrolment;
}

}  // namespace doorstep
