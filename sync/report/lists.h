// The lists behind the numbers, by the same SQL and predicates as the counts, and what
// a tablet's screens read beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/result.h"
#include "forms/directory/directory.h"
#include "sync/operation/operation.h"
#include "sync/report/counts.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct PlannedVisitRow {
    Uuid visit;
    std::string label;
    std::string programme;
    std::string area;
    Day day;
};
Result<std::vector<PlannedVisitRow>> planned_visits(SqlConnection& read_model);  // latest day first

struct ContactRow {
    Uuid contact;
    Uuid household;
    Uuid fact;  // the operation that holds now
    std::string road_code;
    ContactOutcome outcome = ContactOutcome::no_answer;
    int attempts = 1;
    Day day;
    std::int64_t at_ms = 0;
    DoorAddress address;  // people half
};
Result<std::vector<ContactRow>> contacts_of(SqlConnection& read_model, const Uuid& visit);
// Every try at one home on any visit, newest first.
Result<std::vector<ContactRow>> tries_at(SqlConnection& read_model, const Uuid& household);

struct VisitFigures {
    std::int64_t contacts = 0;
    std::int64_t questionnaires = 0;
    std::int64_t referrals = 0;  // as count() counts them
};
Result<VisitFigures> figures_of(SqlConnection& read_model, const Uuid& visit);

struct ReferralRow {
    Uuid referral;
    Uuid contact;
    Uuid household;
    std::string agency;
    Day day;
    std::int64_t at_ms = 0;
    ReferralState state = ReferralState::raised;  // highest of the newest cycle
    bool withdrawn = false;
    bool already_open = false;
    bool counted = true;  // in the number of its column; at most one of a (contact, agency)
    DoorAddress address;
};
// Behind one column of the counts: `column` is its label; empty: all of the period, other
// agencies too.  The number of `counted` rows equals the number in the counts.
Result<std::vector<ReferralRow>> referrals_of(SqlConnection& read_model, const Directory& directory,
                                              const Period& period, const std::string& column_set,
                                              const std::string& column);

// Facts of this tablet that are not acknowledged, oldest first.
struct UnsentFact {
    Uuid operation;
    std::string type;  // type_name()
    Uuid subject;      // household or visit
    std::int64_t at_ms = 0;
    std::string agency;  // referrals
    std::optional<DoorAddress> address;
    std::string label;  // of a visit
};
Result<std::vector<UnsentFact>> unsent_facts(SqlConnection& store);
Result<std::int64_t> oldest_unsent(SqlConnection& store);  // when it was recorded; 0: none
Result<std::uint64_t> sent_facts(SqlConnection& store);    // acknowledged since enrolment

}  // namespace doorstep
