// What the centre's people see of referrals on their way: ids, states and times, no content.
#pragma once

#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "sync/agencies/outbox.h"
#include "sync/agencies/send_journal.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct ListedReferral {
    OutboxRow row;
    std::string urgency;
    std::string status;  // as tablets see it: raised, sent, accepted ...
    int cycle = 1;
};
struct ReferralFilter {
    std::string agency;  // empty: every one
    std::string state;   // of the outbox; empty: every one
};
// Oldest first, at most 1,000.
Result<std::vector<ListedReferral>> list_referrals(SqlConnection& sql, const ReferralFilter& filter);

struct JournalLine {
    SendAttempt attempt;
    std::string outcome;  // empty: none was kept
};
struct StatusLine {
    int cycle = 1;
    std::string state;
    std::int64_t at_ms = 0;
};
struct ShownReferral {
    ListedReferral listed;
    std::vector<JournalLine> journal;
    std::vector<StatusLine> history;
};
// not_found.
Result<ShownReferral> show_referral(SqlConnection& sql, const Uuid& referral);

// A person decided that it is to be handed over (again): from unknown, verify, refused or linked.
// Without the signature of its agreement it still does not leave.
// not_found; conflict: it is in another state.
Result<void> resend_referral(SqlConnection& sql, const Clock& clock, const Uuid& referral);
// A person saw the signature on paper, which counts from then on.  The same errors.
Result<void> release_referral(SqlConnection& sql, const Clock& clock, const Uuid& referral);

}  // namespace doorstep
