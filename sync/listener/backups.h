// Backups of a running endpoint: a moment of its database, sealed to the partnership's recovery key, in a
// folder that others copy away.
//
// What a tablet sent is covered (`durable_through`) once such a copy is written and lies off site: the
// folder is on another disk than the database, or the operator says that it is off site, or says so of
// one copy (`backup --off-site-done`).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "sync/listener/backup_files.h"
#include "sync/listener/data_folder.h"

namespace doorstep {

struct BackupPlan {
    std::string folder;  // empty: none are made
    std::int64_t every_ms = std::int64_t{15} * 60 * 1000;
    bool off_site = false;  // the operator says that the folder is, whatever disk it seems to be on
    std::int64_t drill_every_ms = std::int64_t{7} * 24 * 3600 * 1000;
};

bool is_off_site(const std::string& folder, const std::string& data_folder);

// A moment of the endpoint.  Taken by its writer; read by anybody.
struct Snapshot {
    std::string file;  // the copy; empty: the database gives a moment of itself
    std::string database;
    std::string scratch;  // a folder for a drill, made when it is needed
    std::string keys;     // endpoint.keys
    PublicKey key;        // to which the backup is sealed
    std::int64_t made_ms = 0;
};
// `key` empty: the recovery key of the custody sheet.  refused: there are no keys yet.  `whose` names its
// files: of two under way at once each has its own.
Result<Snapshot> take_snapshot(DataFolder& data, const PublicKey& key, std::string_view whose);
// Removes the snapshot, whatever comes of it.
Result<WrittenBackup> write_snapshot(const Snapshot& snapshot, const std::string& folder);

// A restore needs it, and the disk on which it lies may be the one that died.
Result<void> keep_erasures_beside(const DataFolder& data, const std::string& folder);

// One transaction: what the backup covers, where it is off site, and the audit where somebody asked.
Result<void> note_backup(DataFolder& data, const WrittenBackup& written, bool off_site,
                         const std::optional<std::string>& who);
// The operator has seen that this copy is off site.  not_found: it was not made here.
Result<void> note_off_site(DataFolder& data, const std::string& backup, const std::string& who);

// The rounds of `serve`: its writer looks in whenever it is between two things; the writing itself is
// on a thread of its own.
class BackupRounds {
public:
    BackupRounds(DataFolder& data, BackupPlan plan);
    ~BackupRounds();  // waits for what is being written
    BackupRounds(const BackupRounds&) = delete;
    BackupRounds& operator=(const BackupRounds&) = delete;

    void look();

private:
    struct Round;
    void begin(std::int64_t now_ms);
    void end(std::int64_t now_ms);

    bool is_disk_there();

    DataFolder& data_;
    BackupPlan plan_;
    bool off_site_ = false;
    std::optional<std::uint64_t> disk_;  // on which the folder was at the start; nothing: it was not there
    std::int64_t next_ms_ = 0;
    std::int64_t next_drill_ms_;
    std::string covered_;  // what stood there at the last one
    std::unique_ptr<Round> round_;
};

}  // namespace doorstep
