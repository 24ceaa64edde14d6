// Who did what at the centre: a chain of entries that can only be added to.
//
// Each entry is hashed with the one before.  The head of the chain, signed, goes to the tablets with
// their syncs; whoever edits, deletes, reorders or cuts off entries contradicts what the tablets keep.
// Ids and words of ours only, so that no erasure ever touches it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/signing.h"
#include "sync/wire/audit_head.h"

namespace doorstep {

// Never personal data: `about` is an id or a name that we gave (a tablet's), `reason` what the
// operator was asked for.
struct AuditEntry {
    std::string who;     // "operator anna", "tablet tab-01", "endpoint"
    std::string what;    // "enrol", "erase", "restore"
    std::string about;   // or empty
    std::string reason;  // or empty
};

// REQUIRES: a transaction, which what is noted belongs to: both stand or neither does.
Result<void> note_in_audit(SqlConnection& sql, const Clock& clock, const AuditEntry& entry);

struct AuditPlace {
    std::uint64_t number = 0;  // 0: nothing was noted yet
    Sha256 hash;
    bool operator==(const AuditPlace&) const = default;
};
Result<AuditPlace> audit_place(SqlConnection& sql);

struct NotedEntry {
    std::uint64_t number = 0;
    std::int64_t at_ms = 0;
    AuditEntry entry;
    Sha256 hash;
};
// From number `from` on, in order, until `each` returns false.
Result<void> read_audit(SqlConnection& sql, std::uint64_t from,
                        const std::function<bool(const NotedEntry&)>& each);

// The head as tablets are given it.
Result<wire::AuditHead> signed_audit_head(SqlConnection& sql, const SigningPair& key);

struct AuditVerdict {
    std::uint64_t entries = 0;
    std::vector<std::string> faults;  // in words; the first few of each kind
    // Heads that were given out after the backup from which this endpoint was restored: what they
    // witness was lost with it.
    std::uint64_t heads_lost = 0;
    std::uint64_t heads_matched = 0;
    bool ok() const { return faults.empty(); }
};
// Every entry against its hash and its neighbours, and the chain against heads that tablets kept.
Result<AuditVerdict> check_audit(SqlConnection& sql, std::span<const wire::AuditHead> heads = {},
                                 const VerifyKey& key = {});

// The triggers that refuse to change or delete an entry, in the words of the engine.
std::string_view audit_guard(SqlConnection::Engine engine);

}  // namespace doorstep
