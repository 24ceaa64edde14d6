// Team review: the counts of a period, and the list behind a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/view/choice_of.h"
#include "forms/base/calendar.h"
#include "forms/base/uuid.h"

namespace doorstep {

struct CountBar {
    std::string agency;  // code; empty for a column that is not one agency
    std::string label;
    std::optional<std::int64_t> referrals;  // nothing: not recorded
};

struct CountsView {
    PeriodKind kind = PeriodKind::month;
    Day from;
    Day to;
    std::string period;  // "November 2026"
    std::string column_set;
    std::vector<std::string> column_sets;
    std::int64_t visits = 0;
    std::int64_t contacts = 0;
    std::int64_t questionnaires = 0;
    std::int64_t partial = 0;
    std::vector<CountBar> bars;
    std::int64_t already_open = 0;
    std::int64_t other_agencies = 0;
    std::string areas;    // "BE, SX": all that this tablet pulls; empty: everything
    std::string today;    // "2026-11-21", for the two dates of "Choose dates"
    std::string trouble;  // the period is upside down, and the like
};

struct ReferralLine {
    Uuid referral;
    std::string place;   // "14 Mill Lane"
    std::string agency;  // name
    std::string day;     // "Sat 21 Nov"
    std::string state;   // "Raised", "Accepted by the agency", "Withdrawn", "Already open"
    bool counted = true;
    bool can_withdraw = false;
};

struct ReferralListView {
    std::string title;       // "Fire, November 2026"
    std::int64_t count = 0;  // equals the number that was tapped
    std::vector<ReferralLine> lines;
    bool waiting = false;      // the list of referrals that wait for an agreement
    std::vector<Uuid> drafts;  // waiting only: the draft behind each line
};

}  // namespace doorstep
