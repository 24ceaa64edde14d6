#include "client/app/rescue_commands.h"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "forms/base/counted.h"
#include "sync/store/identity_file.h"
#include "sync/store/locked_connection.h"
#include "sync/store/rescue.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

namespace fs = std::filesystem;

// What is asked of a tablet that nobody signed in to.
struct LockedTablet {
    std::vector<TabletIdentity> known;
    Vault vault;
};

Result<LockedTablet> locked_tablet(const TabletPlaces& places, const Clock& clock, const BootTime& boot) {
    TRY(auto device, DeviceSecret::load(places.device_secret));
    TRY(auto known, known_identities(places.identity, device));
    TRY(auto vault, Vault::open(places.vault, std::move(device), {clock, boot}));
    return LockedTablet{std::move(known), std::move(vault)};
}

bool is_gone(const std::string& file) {
    std::error_code failed;
    const auto bytes = fs::file_size(file, failed);
    return failed || bytes == 0;
}

// To write when it can be, so that its log is read as it stands; else only to view.
Result<std::unique_ptr<SqlConnection>> open_to_read(const std::string& file, const PublicKey& inbox) {
    // Opening would make one.
    if (is_gone(file))
        return Error{Fault::not_found, "The records of this tablet are gone.", ""};
    auto opened = open_locked(file, inbox);
    if (opened.ok() ||
        (opened.error().fault != Fault::not_writable && opened.error().fault != Fault::disk_full &&
         opened.error().fault != Fault::newer_version))
        return opened;
    SqliteOptions view;
    view.view_only = true;
    return open_locked(file, inbox, view);
}

Result<GatheredRescue> from_store(const LockedTablet& tablet, const std::string& file, const Clock& clock,
                                  Random& random) {
    TRY(const auto sql, open_to_read(file, tablet.vault.inbox_key()));
    TRY(const auto store, Store::open(*sql, StoreRole::locked_tablet, clock, random));
    TRY(const auto enrolment, store.enrolment());
    const TabletIdentity* identity = &tablet.known.front();
    for (const auto& one : tablet.known)
        if (one.enrolment == enrolment)
            identity = &one;
    TRY(const auto stands, store.position());
    for (const auto& one : SecondCopy::look_at_all(file).envelopes)
        if (one.enrolment == enrolment && one.last > stands.last_sequence)
            return Error{Fault::damaged, "The second copy of what was not sent knows more than the records.",
                         "Sign in once: what is missing is put back then."};
    TRY(auto rescued, write_rescue(store, *identity));
    return GatheredRescue{std::move(rescued), identity->tablet, false};
}

Result<GatheredRescue> from_second_copy(const LockedTablet& tablet, const std::string& file) {
    TRY(const auto copied, SecondCopy::look(file));
    Error none{Fault::not_found, "There is nothing in the second copy of what was not sent.", ""};
    for (const auto& identity : tablet.known) {
        auto rescued = write_rescue(copied, identity);
        if (rescued.ok())
            return GatheredRescue{std::move(rescued).value(), identity.tablet, true};
        none = rescued.error();
    }
    return none;
}

std::string store_of(const TabletPlaces& places) {
    return places.folder + "/doorstep.sqlite";
}

Result<void> check_out(const TabletPlaces& places, const std::string& out) {
    std::error_code failed;
    if (fs::symlink_status(out, failed).type() != fs::file_type::not_found)
        return Error{Fault::refused, fmt::format("{} is there already: nothing was written over it.", out),
                     "Name a file that is not there yet."};
    auto folder = fs::absolute(out, failed).parent_path();
    const auto own = fs::weakly_canonical(places.folder, failed);
    for (folder = fs::weakly_canonical(folder, failed); folder != folder.root_path();
         folder = folder.parent_path())
        if (folder == own)
            return Error{Fault::refused, "A rescue file has no place among the records of the tablet.",
                         "Name a file on a stick, or in another folder."};
    return {};
}

}  // namespace

Result<GatheredRescue> gather_rescue(const TabletPlaces& places, const Clock& clock, Random& random) {
    const SystemBootTime boot;
    TRY(const auto tablet, locked_tablet(places, clock, boot));
    auto gathered = from_store(tablet, store_of(places), clock, random);
    if (gathered.ok())
        return gathered;
    const Error why = gathered.error();
    // Who merely has nothing to send is told so.
    const bool unreadable = why.fault == Fault::damaged || why.fault == Fault::broken ||
                            (why.fault == Fault::not_found && is_gone(store_of(places)));
    if (!unreadable)
        return why;
    auto copied = from_second_copy(tablet, store_of(places));
    return copied.ok() ? std::move(copied) : Result<GatheredRescue>(why);
}

Result<GatheredRescue> gather_from_second_copy(const TabletPlaces& places, const Clock& clock) {
    const SystemBootTime boot;
    TRY(const auto tablet, locked_tablet(places, clock, boot));
    return from_second_copy(tablet, store_of(places));
}

Result<std::string> rescue(const TabletPlaces& places, const std::string& out, const Clock& clock,
                           Random& random) {
    TRY_DO(check_out(places, out));
    TRY(const auto gathered, gather_rescue(places, clock, random));
    TRY_DO(write_durably(out, gathered.rescue.file, 0600));
    std::string said;
    if (gathered.rescue.facts > 0)
        said =
            fmt::format("{} of {} {} in {}. Nobody but the endpoint can read them: take the file there, or "
                        "to another tablet (doorstep carry).\n",
                        counted(gathered.rescue.facts, "fact", "facts"), gathered.tablet,
                        gathered.rescue.facts == 1 ? "is" : "are", out);
    if (gathered.rescue.carried > 0)
        said += fmt::format("{} other tablets {} in {} too, as they came.\n",
                            counted(gathered.rescue.carried, "sending of", "sendings of"),
                            gathered.rescue.carried == 1 ? "is" : "are", out);
    if (gathered.from_second_copy)
        said += "The records of this tablet cannot be read, or were set back. These come from the second "
                "copy of what was not "
                "sent, and some of them may have been sent before: that does no harm.\n";
    if (gathered.rescue.left_behind > 0)
        said += fmt::format("{} can only be sent after somebody signed in.\n",
                            counted(gathered.rescue.left_behind, "fact more", "facts more"));
    return said +
           "Questionnaires that are not finished are in no rescue file: they stay on this tablet alone.\n";
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
