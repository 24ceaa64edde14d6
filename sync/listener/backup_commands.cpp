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

Result<CommandOutcome> off_site_done(DataFolder& data, const Command& command) {
    const auto done = command.word("off_site_done");
    TRY_DO(note_off_site(data, done, operator_of(command)));
    return CommandOutcome{0, done + " counts as off site: what it holds need not stay on the tablets.\n", {}};
}

std::string told(const WrittenBackup& written, bool off_site) {
    const auto& head = written.summary.head;
    return fmt::format(
        "backup     {}\nrows       {}\nfeed       {}\naudit      {}\nbytes      {}\noff site   {}\n",
        written.file, written.summary.total(), head.cursor, written.summary.audit.number, written.bytes,
        off_site ? "yes" : "not yet: doorstep-endpoint backup --off-site-done");
}

Result<CommandOutcome> end_backup(DataFolder& data, const Command& command,
                                  const Result<WrittenBackup>& written) {
    if (!written.ok())
        return written.error();
    const bool off_site = !command.word("off_site").empty() || is_off_site(command.word("to"), data.folder());
    TRY_DO(note_backup(data, *written, off_site, operator_of(command)));
    TRY_DO(keep_erasures_beside(data, command.word("to")));
    return CommandOutcome{0, told(*written, off_site), {}};
}

CommandOutcome outcome_of(Result<CommandOutcome> outcome) {
    return outcome.ok() ? std::move(*outcome) : failed(outcome.error());
}

// A moment of now, for a command: beside that of a round.
Result<Snapshot> moment(DataFolder& data, const PublicKey& key) {
    return take_snapshot(data, key, "command");
}

// Never made here: where a disk is not mounted its folder would be one on the endpoint's own.
Result<void> takes_backups(const std::string& folder) {
    std::error_code failed;
    if (fs::is_directory(folder, failed))
        return {};
    return Error{Fault::not_found, fmt::format("There is no folder {} that a backup could go into.", folder),
                 "Mount the disk that it is on, or make it first."};
}

Result<BegunCommand> begin_backup(DataFolder& data, const Command& command) {
    if (command.word("to").empty())
        return Error{Fault::bad_input, "A backup needs a folder that it goes into.", "Name it with --to."};
    TRY_DO(takes_backups(command.word("to")));
    TRY(const auto key, key_of(command.word("key")));
    TRY(const auto snapshot, moment(data, key));
    const auto written = std::make_shared<Result<WrittenBackup>>(Error{});
    const auto work = [=, to = command.word("to")] { *written = write_snapshot(snapshot, to); };
    const auto end = [=, &data] { return outcome_of(end_backup(data, command, *written)); };
    return BegunCommand(LongCommand{work, end});
}

// On a copy: the read model is folded anew there.
Result<StoreVerdict> verdict_of_copy(DataFolder& data) {
    const ScratchFile copy{(fs::path(data.folder()) / "verify.sqlite").string()};
    TRY_DO(data.copy_into(copy.name));
    TRY(const auto sql, open_sqlite(copy.name));
    TRY(auto endpoint, data.endpoint_on(*sql));
    return verify_store(endpoint);
}

Result<BegunCommand> begin_drill(DataFolder& data, const Command& command);
CommandOutcome at_once(BegunCommand begun);

Result<CommandOutcome> verify(DataFolder& data, const Command& command) {
    // Rows of a server are looked at in a copy of ours.
    if (!data.database().empty()) {
        TRY(auto begun, begin_drill(data, command));
        return at_once(std::move(begun));
    }
    TRY(const auto verdict, verdict_of_copy(data));
    return CommandOutcome{verdict.ok() ? 0 : 1, verdict.text(), {}};
}

Result<CommandOutcome> end_drill(DataFolder& data, const Command& command, const Result<Restored>& tried) {
    TRY_DO(data.endpoint().note({operator_of(command), "drill", {}, tried.ok() ? "whole" : "failed"}));
    if (!tried.ok())
        return tried.error();
    return CommandOutcome{0, "A restore would give: " + tried->text(), {}};
}

// A backup of now, into a folder that goes again, and what a restore of it would give.
Result<BegunCommand> begin_drill(DataFolder& data, const Command& command) {
    if (!data.has_keys())
        return Error{Fault::refused, "This endpoint has no keys yet, so that no backup can be made.", ""};
    const auto folder = (fs::path(data.folder()) / "drill-backup").string();
    TRY(const auto snapshot, moment(data, {}));
    const auto keys = std::make_shared<WorkingKeys>(copy_of(*data.endpoint().keys()));
    const auto tried = std::make_shared<Result<Restored>>(Error{});
    const auto work = [=, questionnaires = data.questionnaires()] {
        std::error_code failed;
        fs::create_directories(folder, failed);
        const auto written = write_snapshot(snapshot, folder);
        *tried = written.ok()
                     ? drill(written->file, written->stream_key, snapshot.scratch, questionnaires, *keys)
                     : Result<Restored>(written.error());
        fs::remove_all(folder, failed);
    };
    const auto end = [=, &data] { return outcome_of(end_drill(data, command, *tried)); };
    return BegunCommand(LongCommand{work, end});
}

CommandOutcome at_once(BegunCommand begun) {
    if (auto* const ended = std::get_if<CommandOutcome>(&begun))
        return std::move(*ended);
    const auto& left = std::get<LongCommand>(begun);
    left.work();
    return left.end();
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

bool is_long_command(const Command& command) {
    return command.name == "drill" || (command.name == "backup" && command.word("off_site_done").empty());
}

BegunCommand begin_long_command(DataFolder& data, const Command& command) {
    auto begun = command.name == "drill" ? begin_drill(data, command) : begin_backup(data, command);
    return begun.ok() ? std::move(*begun) : BegunCommand(failed(begun.error()));
}

std::optional<CommandOutcome> backup_commands(DataFolder& data, const Command& command) {
    if (is_long_command(command))
        return at_once(begin_long_command(data, command));
    if (command.name == "backup")
        return outcome_of(off_site_done(data, command));
    if (command.name == "verify")
        return outcome_of(verify(data, command));
    if (command.name == "epoch-new")
        return outcome_of(new_epoch(data, command));
    return std::nullopt;
}

}  // namespace doorstep
