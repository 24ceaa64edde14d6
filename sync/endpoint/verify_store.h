// Whether what an endpoint holds is whole: before it serves after a restore, in every drill, and when the
// operator asks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/endpoint/endpoint.h"

namespace doorstep {

struct StoreVerdict {
    std::uint64_t operations = 0;
    std::uint64_t envelopes = 0;
    std::uint64_t tablets = 0;
    std::uint64_t audit_entries = 0;
    std::uint64_t pictures = 0;       // and signatures, whole
    std::vector<std::string> faults;  // in words, without content; the first few
    bool ok() const { return faults.empty(); }
    std::string text() const;  // for the operator
};

// The file's own pages, the feed without a gap, how much of it each area has, every fact with its body, every
// tablet's envelopes dense up to what it was told (hash by hash where the box itself was kept), the read
// model against the fold of the log, the pictures, and the audit. REQUIRES: a database that nobody else uses;
// its read model is folded anew.
Result<StoreVerdict> verify_store(Endpoint& endpoint);

}  // namespace doorstep
