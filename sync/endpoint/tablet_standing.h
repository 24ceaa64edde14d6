// What the operator decides about a tablet that is lost, stolen, broken or leaves: whether its
// requests are still taken, and what it is ordered to do.  A rescue file of it still comes in by
// the operator's own command.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/endpoint/endpoint.h"
#include "sync/wire/order.h"

namespace doorstep {

// `tablet`: an enrolment's id, or a name.  not_found: there is none; conflict: several enrolments that are
// in use have that name, as a lost tablet and the one in its place.  `who` goes into the audit.

// Its requests are refused with words from now on.
Result<std::int64_t> revoke_tablet(Endpoint& endpoint, const std::string& tablet,
                                   const std::string& who = "operator");
// Told with each answer to it.  A tablet that is to be wiped is revoked too; one that retires
// goes on sending until everything is here.  refused: the endpoint's keys are not here to sign, or it is
// to retire and revoked; conflict: it is to retire, and is ordered to be wiped.
Result<std::int64_t> order_tablet(Endpoint& endpoint, const std::string& tablet, wire::OrderMode mode,
                                  const std::string& who = "operator");

struct FactsOfArea {
    std::string area;
    std::uint64_t facts = 0;
};

// What a tablet held when it was seen last.
struct LostTablet {
    Uuid enrolment;
    std::int64_t enrolled_ms = 0;
    Sequence acked_through = 0;
    std::uint64_t unsent = 0;           // as it said when it pushed last
    std::int64_t last_seen_ms = 0;      // 0: never
    std::int64_t last_unlocked_ms = 0;  // somebody was signed in when it asked; 0: never
    std::int64_t revoked_ms = 0;        // 0: not
    std::string order;                  // "wipe", "retire" or nothing
    // Of which areas it was given the facts, now and by its name; empty: of the whole partnership.
    std::vector<std::string> areas;
    // What it could have pulled, and more than it can have: what others tell from now on is counted too.
    // Each given area, or each that there is; last, as "", what is of no area and everybody's.
    std::vector<FactsOfArea> could_pull;
};
Result<std::vector<LostTablet>> lost_tablet(Endpoint& endpoint, const std::string& tablet);

}  // namespace doorstep
