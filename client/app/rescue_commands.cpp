#include "client/app/rescue_commands.h"

#include <fmt/format.h>

#include "sync/store/identity_file.h"
#include "sync/store/locked_connection.h"
#include "sync/store/rescue.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

// To write when it can be, so that its log is read as it stands; else only to view.
Result<std::unique_ptr<SqlConnection>> open_to_read(const std::string& file, const PublicKey& inbox) {
    auto opened = open_locked(file, inbox);
    if (opened.ok() ||
        (opened.error().fault != Fault::not_writable && opened.error().fault != Fault::disk_full &&
         opened.error().fault != Fault::newer_version))
        return opened;
    SqliteOptions view;
    view.view_only = true;
    return open_locked(file, inbox, view);
}

}  // namespace

Result<std::string> rescue(const TabletPlaces& places, const std::string& out, const Clock& clock,
                           Random& random) {
    TRY(auto device, DeviceSecret::load(places.device_secret));
    TRY(const auto identity, read_identity(places.identity, device));
    const SystemBootTime boot;
    TRY(const auto vault, Vault::open(places.vault, std::move(device), {clock, boot}));
    TRY(const auto sql, open_to_read(places.folder + "/doorstep.sqlite", vault.inbox_key()));
    TRY(const auto store, Store::open(*sql, StoreRole::locked_tablet, clock, random));
    const auto sign = [&](std::string_view content) { return vault.sign(rescue_purpose, content); };
    TRY(const auto rescued, write_rescue(store, identity, vault.tablet_key(), sign));
    TRY_DO(write_durably(out, rescued.file, 0600));
    return fmt::format(
        "{} facts of {} are in {}. Nobody but the endpoint can read them: take the file there, or "
        "to another tablet (doorstep carry).\n{}",
        rescued.facts, identity.tablet, out,
        rescued.left_behind == 0
            ? std::string{}
            : fmt::format("{} facts more can only be sent after somebody signed in.\n", rescued.left_behind));
}

Result<std::string> carry(const TabletPlaces& places, const std::string& file, const Clock& clock,
                          Random& random) {
    TRY(const auto bytes, read_small_file(file, rescue_file_bytes_max));
    TRY(auto device, DeviceSecret::load(places.device_secret));
    const SystemBootTime boot;
    TRY(const auto vault, Vault::open(places.vault, std::move(device), {clock, boot}));
    TRY(const auto sql, open_locked(places.folder + "/doorstep.sqlite", vault.inbox_key()));
    TRY(auto store, Store::open(*sql, StoreRole::locked_tablet, clock, random));
    TRY(const auto kept, keep_rescued(store, bytes));
    return kept == 0 ? std::string("This tablet carries that file already.\n")
                     : std::string("This tablet hands the file to the endpoint with its next sync.\n");
}

}  // namespace doorstep
