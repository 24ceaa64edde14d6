// Backups as files: each is written under another name, synced, read back whole, and only then given its
// own name, which no other ever takes.
//
//   doorstep-2026-03-01T170000Z-000000004711-1a2b3c4d.backup     when, place of the feed, epoch
//
// Inside: a line that says what it is, the sealed stream (sealed_stream.h), and a hash over all before,
// by which anybody can tell a damaged copy.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/endpoint/backup.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

struct WrittenBackup {
    std::string file;
    BackupSummary summary;
    SecretBytes stream_key;  // opens this one file: for the drill
    std::uint64_t bytes = 0;
};

// On the disk, read back and named when it returns.  Whatever else happens, what stood in the folder
// stands.  not_writable, as where there is no such folder; disk_full; conflict: one of that name is there.
Result<WrittenBackup> write_backup_file(SqlConnection& snapshot, const BackupHead& head, const PublicKey& key,
                                        const std::string& folder);

// Whether the copy is what was written, for whoever has no key.  damaged; not_found.
Result<void> check_backup_file(const std::string& file);

// With the recovery key of the custody sheet, or with the key of that one stream.  See read_backup().
Result<BackupSummary> read_backup_file(const std::string& file, const KeyPair& key, SqlConnection* into);
Result<BackupSummary> read_backup_file(const std::string& file, const SecretBytes& stream_key,
                                       SqlConnection* into);

struct NamedBackup {
    std::string file;
    std::int64_t made_ms = 0;
    std::uint64_t cursor = 0;
};
// What its name says; oldest first.  Names of others are left alone.
std::vector<NamedBackup> backups_in(const std::string& folder);

// Of what is older than 35 days none, of what is older than two days the last of each day; and never one
// of the newest thirty, whatever the clock says.
inline constexpr std::int64_t backup_kept_ms = std::int64_t{35} * 24 * 3600 * 1000;
std::vector<std::string> superfluous_backups(const std::vector<NamedBackup>& backups, std::int64_t now_ms);

}  // namespace doorstep
