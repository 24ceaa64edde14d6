#include "sync/listener/restore.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "forms/base/calendar.h"
#include "forms/base/counted.h"
#include "sync/agencies/agency_line.h"
#include "sync/endpoint/erasure.h"
#include "sync/endpoint/postgres_connection.h"
#include "sync/endpoint/row_security.h"
#include "sync/endpoint/schema.h"
#include "sync/listener/authority.h"
#include "sync/listener/backup_files.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

// Gone at the end of its scope, unless it was given its name.
struct ScratchFolder {
    std::string name;
    explicit ScratchFolder(std::string folder) : name(std::move(folder)) { remove(); }
    ~ScratchFolder() { remove(); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    void remove() const {
        std::error_code failed;
        fs::remove_all(name, failed);
    }
};

Result<Restored> put_rows(SqlConnection& sql, const Clock& clock, Random& random, const ReadRows& read,
                          const RestoreOrder& order) {
    TRY(auto rows, rows_from_backup(sql, clock, random, read, order));
    Restored restored;
    restored.backup = std::move(rows.backup);
    restored.epoch = rows.epoch;
    return restored;
}

Error not_whole(const StoreVerdict& verdict) {
    return {Fault::damaged, "What the backup holds is not whole:\n" + verdict.text(),
            "Nothing was put in its place. Take another backup."};
}

Result<WorkingKeys> keys_in(const BackupSummary& backup, const KeyPair& recovery) {
    if (backup.head.keys.empty())
        return Error{Fault::damaged, "The backup holds no keys: what tablets sealed could never be opened.",
                     ""};
    return recover_working_keys(backup.head.keys, recovery);
}

using KeysFor = std::function<Result<WorkingKeys>(const BackupSummary&)>;

Result<Restored> drill_with(const ReadRows& read, const KeysFor& keys_for, const std::string& scratch,
                            const std::string& questionnaires) {
    const ScratchFolder folder(scratch);
    Directory directory;
    Diagnostics found;
    directory = read_directory((fs::path(questionnaires) / "directory").string(), found);
    const SystemClock clock;
    SystemRandom random;
    TRY(const auto file, store_file(folder.name));
    TRY(const auto sql, open_sqlite(file));
    TRY(auto restored, put_rows(*sql, clock, random, read, {"endpoint", "drill"}));
    TRY(auto endpoint,
        Endpoint::open(*sql, directory, clock, random, [] { return Result<PublicKey>(PublicKey{}); }));
    TRY(auto keys, keys_for(restored.backup));
    TRY_DO(endpoint.use_keys(std::move(keys)));
    TRY(restored.verdict, verify_store(endpoint));
    return restored.verdict.ok() ? Result<Restored>(std::move(restored)) : not_whole(restored.verdict);
}

bool is_free(const std::string& folder) {
    std::error_code failed;
    return !fs::exists(folder, failed) || fs::is_empty(folder, failed);
}

std::string without_slash(std::string folder) {
    while (folder.size() > 1 && folder.back() == '/')
        folder.pop_back();
    return folder;
}

Result<void> name_it(const std::string& work, const std::string& folder) {
    const int file =
        ::rename(work.c_str(), folder.c_str()) == 0
            ? ::open(fs::absolute(folder).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            : -1;
    const bool kept = file >= 0 && ::fsync(file) == 0;
    const int why = errno;
    if (file >= 0)
        ::close(file);
    if (!kept)
        return Error{Fault::not_writable,
                     fmt::format("{} could not be given its name: {}.", folder, ::strerror(why)),
                     "Check that this user may write beside it."};
    return {};
}

Result<void> put_keys(const std::string& work, const std::string& device_secret, const BackupSummary& backup,
                      const KeyPair& recovery) {
    const KeyFiles files(work, device_secret);
    TRY_DO(write_durably(files.file(), backup.head.keys, 0600));
    // On the machine that made them they open as they are.
    if (!files.load().ok())
        TRY_DO(files.recover(recovery));
    // The authority is in no backup: the spare, which tablets know, takes its place.
    const SystemClock clock;
    const Authority authority(work, files, clock);
    TRY_DO(authority.keep_spare(recovery));
    TRY_DO(authority.use_spare(recovery));
    return files.mark_stored();
}

}  // namespace

std::string Restored::text() const {
    const auto erased =
        erased_again == 0
            ? std::string{}
            : fmt::format("{} carried out again; ",
                          counted(static_cast<std::uint64_t>(erased_again), "erasure was", "erasures were"));
    return fmt::format("backup of {} (UTC), feed through {}, new epoch {}; {}{}",
                       instant_text(backup.head.made_ms, 0), epoch.parent_cut, epoch.epoch.text(), erased,
                       verdict.text());
}

std::string Restored::to_do() const {
    std::string lines;
    for (const auto& folder : answer_folders)
        lines +=
            fmt::format("Answers of an agency that were taken in after that lie in {0}/taken. Put them back "
                        "into {0}: what is known already is not taken twice.\n",
                        folder);
    return lines;
}

namespace {

Result<std::vector<std::string>> answer_folders(SqlConnection& sql) {
    TRY(const auto lines, agency_lines(sql));
    std::vector<std::string> folders;
    for (const auto& line : lines)
        if (line.adapter == AdapterKind::folder)
            folders.push_back(line.folder + "/answers");
    return folders;
}

// Tried in a file first: what goes into the database is whole.
Result<Restored> restore_into_database(const RestoreRequest& request, const RestoreOrder& order,
                                       const KeyPair& recovery, const std::string& scratch) {
    TRY(auto tried, drill(request.backup, recovery, scratch, request.questionnaires));
    TRY(const auto sql, open_postgres(request.database));
    TRY_DO(check_rows_are_secure(*sql));
    TRY(const bool begun, holds_endpoint(*sql));
    if (begun)
        return Error{Fault::conflict,
                     "There is an endpoint in that database: a restore never goes over what is there.",
                     "Name an empty database with --database."};
    const SystemClock clock;
    SystemRandom random;
    const auto read = [&](SqlConnection* into) { return read_backup_file(request.backup, recovery, into); };
    TRY(auto restored, put_rows(*sql, clock, random, read, order));
    restored.verdict = std::move(tried.verdict);
    return restored;
}

// The folder's own list goes on where this one ends: the next restore needs both.
Result<void> go_on_with(const ErasureList& erasures, const std::string& folder) {
    TRY(const auto orders, erasures.orders());
    return orders.empty() ? Result<void>{} : ErasureList(folder + "/erasures.list").add(orders);
}

}  // namespace

Result<Restored> restore(const RestoreRequest& request, const KeyPair& recovery) {
    if (!is_free(request.folder))
        return Error{Fault::conflict,
                     fmt::format("{} is not empty: a restore never goes over what is there.", request.folder),
                     "Name a new folder with --data."};
    RestoreOrder order{request.who, request.reason};
    if (!request.journal.empty()) {
        TRY(order.sent, read_journal_file(request.journal));
    }
    // Before anything is made: a list that cannot be read would let come back what it names.
    const ErasureList erasures(request.erasures);
    if (!request.erasures.empty())
        TRY_DO(erasures.orders());
    const ScratchFolder work(without_slash(request.folder) + ".restoring");
    const auto device = KeyFiles(request.folder, request.device_secret).device_file();
    const SystemClock clock;
    SystemRandom random;
    Restored restored;
    if (!request.database.empty()) {
        TRY(restored, restore_into_database(request, order, recovery, work.name + "-tried"));
        TRY_DO(store_file(work.name));
    } else {
        TRY(const auto file, store_file(work.name));
        TRY(const auto sql, open_sqlite(file));
        const auto read = [&](SqlConnection* into) {
            return read_backup_file(request.backup, recovery, into);
        };
        TRY(restored, put_rows(*sql, clock, random, read, order));
        TRY_DO(keys_in(restored.backup, recovery));
        TRY_DO(checkpoint_wholly(*sql));
    }
    TRY_DO(put_keys(work.name, device, restored.backup, recovery));
    {
        TRY(auto data, DataFolder::open({work.name, request.questionnaires, device, request.database}));
        TRY(const auto by, data.endpoint().forgetting(erasures));
        TRY(restored.erased_again, reapply_erasures(by));
        TRY_DO(go_on_with(erasures, work.name));
        if (request.database.empty()) {
            TRY(restored.verdict, verify_store(data.endpoint()));
        }
        TRY(restored.answer_folders, answer_folders(data.endpoint().store().sql()));
        TRY_DO(data.checkpoint_wholly());
    }
    if (!restored.verdict.ok())
        return not_whole(restored.verdict);
    TRY_DO(name_it(work.name, request.folder));
    return restored;
}

Result<Restored> drill(const std::string& backup, const SecretBytes& stream_key, const std::string& scratch,
                       const std::string& questionnaires, const WorkingKeys& keys) {
    return drill_with([&](SqlConnection* into) { return read_backup_file(backup, stream_key, into); },
                      [&](const BackupSummary&) { return Result<WorkingKeys>(copy_of(keys)); }, scratch,
                      questionnaires);
}

Result<Restored> drill(const std::string& backup, const KeyPair& recovery, const std::string& scratch,
                       const std::string& questionnaires) {
    return drill_with([&](SqlConnection* into) { return read_backup_file(backup, recovery, into); },
                      [&](const BackupSummary& read) { return keys_in(read, recovery); }, scratch,
                      questionnaires);
}

}  // namespace doorstep
