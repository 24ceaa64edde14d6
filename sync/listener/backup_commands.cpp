#include "sync/listener/backup_commands.h"

#include <fmt/format.h>

#include <filesystem>

#include "forms/base/encoding.h"
#include "sync/listener/backups.h"
#include "sync/listener/restore.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

// Gone at the end of its scope.
struct ScratchFile {
    std::string name;
    ~ScratchFile() {
        std::error_code failed;
        fs::remove(name, failed);
    }
};

Result<PublicKey> key_of(const std::string& digits) {
    if (digits.empty())
        return PublicKey{};
    const auto bytes = from_hex(digits.substr(0, digits.find_last_not_of(" \n\r") + 1));
    if (!bytes || !usable(PublicKey{*bytes}))
        return Error{Fault::bad_input, "The file of --key holds no X25519 public key of 64 hex digits.", ""};
    return PublicKey{*bytes};
}

Result<CommandOutcome> backup(DataFolder& data, const Command& command) {
    if (const auto done = command.word("off_site_done"); !done.empty()) {
        TRY_DO(note_off_site(data, done, operator_of(command)));
        return CommandOutcome{
            0, done + " counts as off site: what it holds need not stay on the tablets.\n", {}};
    }
    if (command.word("to").empty())
        return Error{Fault::bad_input, "A backup needs a folder that it goes into.", "Name it with --to."};
    TRY(const auto key, key_of(command.word("key")));
    TRY(const auto snapshot, take_snapshot(data, key));
    TRY(const auto written, write_snapshot(snapshot, command.word("to")));
    const bool off_site = !command.word("off_site").empty() || is_off_site(command.word("to"), data.folder());
    TRY_DO(note_backup(data, written, off_site, operator_of(command)));
    const auto& head = written.summary.head;
    return CommandOutcome{
        0,
        fmt::format(
            "backup     {}\nrows       {}\nfeed       {}\naudit      {}\nbytes      {}\noff site   {}\n",
            written.file, written.summary.total(), head.cursor, written.summary.audit.number, written.bytes,
            off_site ? "yes" : "not yet: doorstep-endpoint backup --off-site-done"),
        {}};
}

// On a copy: the read model is folded anew there.
Result<StoreVerdict> verdict_of_copy(DataFolder& data) {
    const ScratchFile copy{(fs::path(data.folder()) / "verify.sqlite").string()};
    TRY_DO(data.copy_into(copy.name));
    TRY(const auto sql, open_sqlite(copy.name));
    TRY(auto endpoint, data.endpoint_on(*sql));
    return verify_store(endpoint);
}

Result<CommandOutcome> drill_now(DataFolder& data, const Command& command);

Result<CommandOutcome> verify(DataFolder& data, const Command& command) {
    // Rows of a server are looked at in a copy of ours.
    if (!data.database().empty())
        return drill_now(data, command);
    TRY(const auto verdict, verdict_of_copy(data));
    return CommandOutcome{verdict.ok() ? 0 : 1, verdict.text(), {}};
}

// A backup of now, into a folder that goes again, and what a restore of it would give.
Result<CommandOutcome> drill_now(DataFolder& data, const Command& command) {
    if (!data.has_keys())
        return Error{Fault::refused, "This endpoint has no keys yet, so that no backup can be made.", ""};
    const auto folder = (fs::path(data.folder()) / "drill-backup").string();
    TRY(const auto snapshot, take_snapshot(data, {}));
    const auto written = write_snapshot(snapshot, folder);
    const auto tried = written.ok() ? drill(written->file, written->stream_key, snapshot.scratch,
                                            data.questionnaires(), *data.endpoint().keys())
                                    : Result<Restored>(written.error());
    std::error_code failed;
    fs::remove_all(folder, failed);
    TRY_DO(data.endpoint().note({operator_of(command), "drill", {}, tried.ok() ? "whole" : "failed"}));
    if (!tried.ok())
        return tried.error();
    return CommandOutcome{0, "A restore would give: " + tried->text(), {}};
}

Result<CommandOutcome> new_epoch(DataFolder& data, const Command& command) {
    TRY(auto transaction, data.endpoint().store().begin());
    TRY(const auto step, begin_epoch(transaction.sql(), data.clock(), data.random(), false));
    TRY_DO(note_in_audit(
        transaction.sql(), data.clock(),
        {operator_of(command), "epoch",
         fmt::format("epoch {} after {}, feed {}", step.epoch.text(), step.parent.text(), step.parent_cut),
         command.word("reason")}));
    TRY_DO(transaction.commit());
    return CommandOutcome{
        0,
        fmt::format("epoch      {}\nafter      {}\nfeed       {}\n", step.epoch.text(), step.parent.text(),
                    step.parent_cut),
        "Every tablet compares what it sent with what is here, and sends the rest again.\n"};
}

}  // namespace

std::optional<CommandOutcome> backup_commands(DataFolder& data, const Command& command) {
    Result<CommandOutcome> outcome = CommandOutcome{};
    if (command.name == "backup")
        outcome = backup(data, command);
    else if (command.name == "verify")
        outcome = verify(data, command);
    else if (command.name == "drill")
        outcome = drill_now(data, command);
    else if (command.name == "epoch-new")
        outcome = new_epoch(data, command);
    else
        return std::nullopt;
    return outcome.ok() ? std::move(*outcome) : failed(outcome.error());
}

}  // namespace doorstep
