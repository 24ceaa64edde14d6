// Everything that an endpoint's database holds, as rows, in one sealed stream that belongs to no engine:
// what was taken from SQLite can be put into PostgreSQL and the other way round.
//
//   head     what it is of, and the endpoint's keys as its folder keeps them
//   table    its name and columns, then its rows
//   trailer  counts, where the feed and the audit ended, and a hash over all before
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/endpoint/audit.h"
#include "sync/endpoint/epochs.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/sealed_stream.h"

namespace doorstep {

struct BackupHead {
    std::int64_t made_ms = 0;
    Uuid epoch;
    std::uint64_t cursor = 0;           // the newest place of the feed
    std::int64_t store_version = 0;     // of the store's tables
    std::int64_t endpoint_version = 0;  // of the endpoint's
    std::string keys;                   // endpoint.keys, sealed to the recovery key too; or empty
};

struct BackupSummary {
    BackupHead head;
    std::map<std::string, std::uint64_t> rows;  // by table
    AuditPlace audit;
    std::map<Uuid, Sequence> tablets;  // acknowledged, by enrolment
    std::uint64_t total() const;
};

// Every row as it stands in one moment.  `sql` is a snapshot, or nobody writes meanwhile.
Result<BackupSummary> write_backup(SqlConnection& sql, const BackupHead& head, SealedStreamWriter& out);
// What a backup of now begins with, but for the keys.
Result<BackupHead> head_of(SqlConnection& sql, const Clock& clock);

// Reads it to its end; every count and the hash are right when it returns ok.  With `into`, the rows
// go there, in one transaction of the caller's, in place of what stood there.
// damaged: nothing of it may be used; newer_version: it holds what this program does not know.
Result<BackupSummary> read_backup(SealedStreamReader& in, SqlConnection* into);

// Who asked, and what the operator said why.
struct RestoreOrder {
    std::string who;
    std::string reason;
    // Every attempt of the send journal on the other disk; without it all that waits is verified.
    std::optional<std::vector<SendAttempt>> sent{};
};
// What follows rows that were put back: a new epoch, what may have been sent before waits to be
// verified, and the audit says so.  The erasure list is applied again afterwards, before anybody is
// served (erasure.h).  REQUIRES: a transaction.
Result<EpochStep> go_on_from_backup(SqlConnection& sql, const Clock& clock, Random& random,
                                    const BackupSummary& backup, const RestoreOrder& order);

// Of the tables that a backup holds, by name; the engine's own are not among them.
Result<std::vector<std::string>> tables_of(SqlConnection& sql);
Result<std::vector<std::string>> columns_of(SqlConnection& sql, const std::string& table);

}  // namespace doorstep
