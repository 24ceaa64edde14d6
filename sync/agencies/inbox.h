// The inbox of an agency without an interface of its own: ids and times in our database, which
// its pages read.  The content is opened from the fact for the one look that needs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/agencies/attempt.h"
#include "sync/store/store.h"

namespace doorstep {

// To be called by the thread that owns the connection, inside its transaction.
class InboxAdapter final : public AgencyAdapter {
public:
    InboxAdapter(SqlConnection& sql, const Clock& clock) : sql_(sql), clock_(clock) {}
    Delivery send(const Parcel& parcel) override;
    Delivery ask(const Parcel& parcel) override;
    Delivery withdraw(const Parcel& parcel) override;
    Result<void> test(const std::string& agency) override;

private:
    SqlConnection& sql_;
    const Clock& clock_;
};

struct InboxEntry {
    Uuid referral;
    std::int64_t put_ms = 0;
    std::int64_t opened_ms = 0;     // 0: nobody did
    std::string opened_by;          // the first named person
    std::int64_t withdrawn_ms = 0;  // 0: stands
};

// What one agency sees; every question goes through its AgencyRows (sync/store/scope.h), and nothing of
// another one's is found, counted or hinted at.
class AgencyInbox {
public:
    AgencyInbox(Store& store, const Directory& directory, std::string agency)
        : store_(store), directory_(directory), agency_(std::move(agency)) {}

    Result<std::vector<InboxEntry>> entries() const;  // newest first, at most 500
    // The referral as its agency may read it.  "Received" means opened by a named person: the
    // first look is kept and goes into the feed.  not_found, also for another agency's;
    // refused: it was withdrawn.
    Result<ReferralMessage> open(const Uuid& referral, const std::string& by);

private:
    struct Look {
        bool there = false;
        bool withdrawn = false;
        bool first = false;  // nobody looked before, and this look is kept
    };
    Result<Look> look(SqlConnection& sql, const Uuid& referral, const std::string& by) const;

    Store& store_;
    const Directory& directory_;
    std::string agency_;
};

}  // namespace doorstep
