#include "sync/listener/backups.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "forms/base/packing.h"
#include "sync/endpoint/postgres_connection.h"
#include "sync/listener/restore.h"
#include "sync/store/snapshot.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

// After one that failed, and where there was nothing new.
constexpr std::int64_t again_ms = 60'000;
constexpr std::size_t erasure_list_max = std::size_t{256} << 20;  // ids and numbers alone
constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;

std::string base_name(const std::string& file) {
    return fs::path(file).filename().string();
}

// Kept until somebody says that this copy is off site.
Result<void> remember(SqlConnection& sql, const WrittenBackup& written) {
    std::vector<std::pair<std::string, std::uint64_t>> covers;
    for (const auto& [enrolment, acked] : written.summary.tablets)
        covers.emplace_back(std::string(enrolment.raw()), acked);
    Packer packed;
    packed(covers);
    const auto& head = written.summary.head;
    TRY_DO(sql.run("delete from backup_made where partnership = :partnership and made_ms < :old",
                   {{"partnership", home_partnership}, {"old", head.made_ms - backup_kept_ms}}));
    TRY_DO(sql.run("insert into backup_made(partnership, backup, epoch, made_ms, covers) "
                   "values(:partnership, :backup, :epoch, :made, :covers) on conflict do nothing",
                   {{"partnership", home_partnership},
                    {"backup", base_name(written.file)},
                    {"epoch", sql_value(head.epoch)},
                    {"made", head.made_ms},
                    {"covers", Blob{packed.bytes()}}}));
    return {};
}

// Nothing that is read through it changes meanwhile.
Result<std::unique_ptr<SqlConnection>> open_moment(const Snapshot& snapshot) {
    if (snapshot.database.empty())
        return open_sqlite(snapshot.file, {{}, nullptr, true});
    TRY(auto sql, open_postgres(snapshot.database));
    TRY_DO(sql->begin());
    TRY_DO(sql->script("set transaction isolation level repeatable read, read only"));
    return sql;
}

// How many are whole, and when the newest was.  They come after the facts that name them, and move no place.
Result<std::string> pictures_here(SqlConnection& sql) {
    std::string here;
    TRY_DO(sql.query("select count(*), coalesce(max(done_ms), 0) from media where partnership = :partnership "
                     "and done_ms > 0",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         here = fmt::format("{} {}", row.integer(0), row.integer(1));
                         return false;
                     }));
    return here;
}

// What a backup of now would hold that the last one does not.
Result<std::string> standing(DataFolder& data) {
    auto& store = data.endpoint().store();
    TRY(const auto epoch, store.epoch());
    TRY(const auto cursor, store.cursor_max());
    TRY(const auto audit, audit_place(store.sql()));
    TRY(const auto pictures, pictures_here(store.sql()));
    return fmt::format("{} {} {} {}", epoch.text(), cursor, audit.number, pictures);
}

}  // namespace

namespace {

std::optional<std::uint64_t> disk_of(const std::string& folder) {
    struct stat found {};
    return ::stat(folder.c_str(), &found) == 0 ? std::optional<std::uint64_t>(found.st_dev) : std::nullopt;
}

}  // namespace

bool is_off_site(const std::string& folder, const std::string& data_folder) {
    const auto there = disk_of(folder);
    const auto here = disk_of(data_folder);
    return there && here && *there != *here;
}

Result<Snapshot> take_snapshot(DataFolder& data, const PublicKey& key, std::string_view whose) {
    Snapshot snapshot;
    snapshot.key = key;
    if (key.bytes.empty() && !data.has_keys())
        return Error{Fault::refused,
                     "This endpoint has no recovery key yet that a backup could be sealed to.",
                     "Make its keys with doorstep-endpoint keys make."};
    if (key.bytes.empty())
        snapshot.key = data.endpoint().keys()->recovery;
    snapshot.file = (fs::path(data.folder()) / fmt::format("snapshot-{}.sqlite", whose)).string();
    snapshot.scratch = (fs::path(data.folder()) / fmt::format("drill-{}", whose)).string();
    snapshot.made_ms = data.clock().now_ms();
    TRY(snapshot.keys, data.files().kept());
    snapshot.database = data.database();
    if (snapshot.database.empty())
        TRY_DO(snapshot_into(data.endpoint().store().sql(), snapshot.file));
    return snapshot;
}

Result<WrittenBackup> write_snapshot(const Snapshot& snapshot, const std::string& folder) {
    const auto written = [&]() -> Result<WrittenBackup> {
        TRY(const auto sql, open_moment(snapshot));
        TRY(auto head, head_of(*sql, ManualClock(snapshot.made_ms, 0)));
        head.keys = snapshot.keys;
        return write_backup_file(*sql, head, snapshot.key, folder);
    };
    auto done = written();
    ::unlink(snapshot.file.c_str());
    return done;
}

Result<void> note_backup(DataFolder& data, const WrittenBackup& written, bool off_site,
                         const std::optional<std::string>& who) {
    TRY(auto transaction, data.endpoint().store().begin());
    auto& sql = transaction.sql();
    if (off_site)
        for (const auto& [enrolment, acked] : written.summary.tablets)
            TRY_DO(cover(sql, written.summary.head.epoch, enrolment, acked));
    else
        TRY_DO(remember(sql, written));
    if (who)
        TRY_DO(note_in_audit(sql, data.clock(), {*who, "backup", base_name(written.file), {}}));
    return transaction.commit();
}

Result<void> keep_erasures_beside(const DataFolder& data, const std::string& folder) {
    const auto list = read_small_file(data.erasure_list(), erasure_list_max);
    if (!list.ok())
        return list.error().fault == Fault::not_found ? Result<void>{} : Result<void>(list.error());
    return write_durably((fs::path(folder) / "erasures.list").string(), *list, 0600);
}

Result<void> note_off_site(DataFolder& data, const std::string& backup, const std::string& who) {
    TRY(auto transaction, data.endpoint().store().begin());
    auto& sql = transaction.sql();
    std::vector<std::pair<std::string, std::uint64_t>> covers;
    std::optional<Uuid> epoch;
    TRY_DO(sql.query(
        "select epoch, covers from backup_made where partnership = :partnership and backup = :backup",
        {{"partnership", home_partnership}, {"backup", base_name(backup)}}, [&](const SqlRow& row) {
            epoch = row.uuid(0);
            const auto bytes = row.blob(1);
            Unpacker packed(bytes);
            packed(covers);
            return false;
        }));
    if (!epoch)
        return Error{Fault::not_found,
                     fmt::format("No backup {} was made here that is not off site yet.", base_name(backup)),
                     "Give the name of the file as backup printed it."};
    for (const auto& [enrolment, acked] : covers)
        TRY_DO(cover(sql, *epoch, Uuid::from_bytes(enrolment).value_or(Uuid{}), acked));
    TRY_DO(sql.run("delete from backup_made where partnership = :partnership and backup = :backup",
                   {{"partnership", home_partnership}, {"backup", base_name(backup)}}));
    TRY_DO(note_in_audit(sql, data.clock(), {who, "backup-off-site", base_name(backup), {}}));
    return transaction.commit();
}

// --- the rounds of a serve -----------------------------------------------------------

struct BackupRounds::Round {
    Snapshot snapshot;
    std::string covers;
    std::optional<WorkingKeys> keys;  // for a drill; nothing: none is due
    std::string questionnaires;
    std::string folder;
    Result<WrittenBackup> written = Error{};
    std::optional<Result<Restored>> drilled;
    std::atomic<bool> done = false;
    std::thread thread;

    void work() {
        written = write_snapshot(snapshot, folder);
        if (written.ok() && keys)
            drilled = drill(written->file, written->stream_key, snapshot.scratch, questionnaires, *keys);
        done = true;
    }
    ~Round() {
        if (thread.joinable())
            thread.join();
    }
};

BackupRounds::BackupRounds(DataFolder& data, BackupPlan plan)
    : data_(data), plan_(std::move(plan)), next_drill_ms_(data.clock().now_ms() + day_ms) {
    std::error_code failed;
    fs::create_directories(plan_.folder, failed);
    disk_ = disk_of(plan_.folder);
    off_site_ = plan_.off_site || is_off_site(plan_.folder, data.folder());
    if (!plan_.folder.empty() && !off_site_)
        spdlog::warn(
            "Backups in {} lie on the disk of the endpoint itself: what tablets sent does not count as "
            "backed up until backup --off-site-done says so of a copy, or serve is given "
            "--backup-off-site.",
            plan_.folder);
}

BackupRounds::~BackupRounds() = default;

void BackupRounds::look() {
    if (plan_.folder.empty())
        return;
    const auto now = data_.clock().now_ms();
    if (round_ && round_->done)
        end(now);
    // A clock that was set back must not end the backups.
    if (next_ms_ > now + plan_.every_ms)
        next_ms_ = now;
    if (!round_ && now >= next_ms_)
        begin(now);
}

void BackupRounds::begin(std::int64_t now_ms) {
    next_ms_ = now_ms + again_ms;
    const auto stands = standing(data_);
    const bool drill_due = now_ms >= next_drill_ms_ && data_.has_keys();
    if (!data_.has_keys() || (stands.ok() && *stands == covered_ && !drill_due))
        return;
    if (!is_disk_there())
        return;
    auto snapshot = take_snapshot(data_, {}, "round");
    if (!stands.ok() || !snapshot.ok()) {
        spdlog::error("No backup could be made: {}",
                      (stands.ok() ? snapshot.error() : stands.error()).text());
        return;
    }
    round_ = std::make_unique<Round>();
    round_->snapshot = std::move(*snapshot);
    round_->covers = *stands;
    round_->folder = plan_.folder;
    round_->questionnaires = data_.questionnaires();
    if (drill_due)
        round_->keys = copy_of(*data_.endpoint().keys());
    round_->thread = std::thread([round = round_.get()] { round->work(); });
}

// Where a disk was taken away its mount point is left, on the endpoint's own disk: what is written there is
// no backup, and must not count as one.
bool BackupRounds::is_disk_there() {
    const auto now = disk_of(plan_.folder);
    if (now && (!disk_ || now == disk_))
        return true;
    spdlog::error("No backup could be made: the disk of {} is not there any more. Put it back; nothing else "
                  "is needed.",
                  plan_.folder);
    return false;
}

void BackupRounds::end(std::int64_t now_ms) {
    const auto round = std::move(round_);
    round->thread.join();
    if (!round->written.ok()) {
        spdlog::error("No backup could be made: {}", round->written.error().text());
        return;
    }
    // Taken away while it was written, it is looked at again with the next one.
    if (const auto noted = note_backup(data_, *round->written, off_site_ && is_disk_there(), {});
        !noted.ok()) {
        spdlog::error("A backup was made and could not be noted: {}", noted.error().text());
        return;
    }
    if (const auto kept = keep_erasures_beside(data_, plan_.folder); !kept.ok())
        spdlog::error("The erasure list could not be written beside the backups: {}", kept.error().text());
    covered_ = round->covers;
    next_ms_ = now_ms + plan_.every_ms;
    spdlog::info("Backup {}: {} rows, {} bytes.", base_name(round->written->file),
                 round->written->summary.total(), round->written->bytes);
    for (const auto& old : superfluous_backups(backups_in(plan_.folder), now_ms))
        ::unlink(old.c_str());
    if (!round->drilled)
        return;
    if (round->drilled->ok())
        spdlog::info("The restore was tried: {}", (*round->drilled)->text());
    else
        spdlog::error("THE BACKUP DOES NOT RESTORE: {}", round->drilled->error().text());
    // One that failed is tried again with the next backup.
    if (round->drilled->ok())
        next_drill_ms_ = now_ms + plan_.drill_every_ms;
}

}  // namespace doorstep
