// The epochs of an endpoint: a new one begins when an earlier state of it goes on, as after the
// restore of a backup.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/agencies/send_journal.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct EpochStep {
    Uuid epoch;
    Uuid parent;
    std::uint64_t parent_cut = 0;  // places of the feed up to here are the same in both
    std::uint64_t audit_cut = 0;   // and entries of the audit
    std::int64_t began_ms = 0;
};

struct Lineage {
    Uuid epoch;
    std::vector<EpochStep> steps;  // newest first; empty in the first epoch
    bool comes_from(const Uuid& other) const;
};

Result<Uuid> current_epoch(SqlConnection& sql);
Result<Lineage> read_lineage(SqlConnection& sql);

// What stands in the database goes on as a new epoch: tablets compare with it and push again what it
// does not hold; what was acknowledged in it counts as covered by a backup only if `covered`.
// What they push again, and the outbox as it stands, may have reached its agency before:
// it waits to be verified; with the send journal of the other disk only what that one names does
// (conflict: it is not this endpoint's).  REQUIRES: a transaction.
Result<EpochStep> begin_epoch(SqlConnection& sql, const Clock& clock, Random& random, bool covered,
                              const std::optional<std::vector<SendAttempt>>& sent = std::nullopt);

}  // namespace doorstep
