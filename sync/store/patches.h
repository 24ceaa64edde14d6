// At the endpoint: which patch (wire/patch.h) each fact belongs to, as it gets its place in the feed.
//
// A visit and a contact name their area; a questionnaire, an offer, a referral and what is taken back are of
// the area of their contact, what becomes of a referral is of the referral's.  What names no area, what two
// areas are named for, what is set aside, and what comes before the fact that would tell, has none: it is for
// every tablet.  Once a fact has its place its patch never changes: no reader has passed it by.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/log.h"
#include "sync/wire/patch.h"

namespace doorstep {

// Fills in Incoming::patch.  Asks the store only about contacts and referrals that are not among them,
// visits, and what is superseded: at most four questions, whatever their number.
Result<void> find_patches(SqlConnection& sql, std::span<Incoming> arrivals);

// Of facts that were added with these places: what patch_totals() tells from then on.  Inside their
// transaction.
class PatchCount {
public:
    void add(const Incoming& added);
    Result<void> keep(SqlConnection& sql) const;

private:
    std::vector<wire::PatchTotal> totals_{};
};

// Of all patches, as the feed stands at `newest`; nothing when it has moved on meanwhile.
Result<std::vector<wire::PatchTotal>> patch_totals(SqlConnection& sql, std::uint64_t newest);

// For facts from before there were patches, and rows of a backup from then.  Nothing to do: cheap.
Result<void> fill_in_patches(SqlConnection& sql);
// The totals, counted from the facts: what an operator's check holds the kept ones against.
Result<std::vector<wire::PatchTotal>> counted_patches(SqlConnection& sql);

}  // namespace doorstep
