// The counts: the same SQL over the read model on a lead's tablet and at the
// endpoint.
//
// Visits with at least one contact; contacts with a completed questionnaire of
// the programme's own form; distinct (contact, agency) referrals raised and not
// withdrawn.  By the local day at the door, both ends of the period included.
//
// A need is already open when the same home was referred to the same agency at
// another door contact, at most 90 days earlier, and that referral was neither
// withdrawn nor had ended (completed, declined, returned) by then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/result.h"
#include "forms/directory/directory.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct Period {
    Day from;
    Day to;  // inclusive
};

struct CountsColumn {
    std::string label;
    std::optional<std::int64_t> referrals;  // nothing: not recorded, printed "-"
};

struct Counts {
    Period period;
    std::string column_set;
    std::int64_t visits = 0;
    std::int64_t contacts = 0;
    std::int64_t questionnaires = 0;
    std::int64_t partial = 0;
    std::vector<CountsColumn> columns;
    std::int64_t already_open = 0;    // needs already open with the same agency for the home: not counted
    std::int64_t other_agencies = 0;  // referrals to agencies that are no column of the set
};

// `not_found` for an unknown column set, naming the known ones; `bad_input` for a
// period that ends before it begins.
Result<Counts> count(SqlConnection& read_model, const Directory& directory, const Period& period,
                     const std::string& column_set);

std::string as_table(const Counts& counts);  // for a terminal
std::string as_csv(const Counts& counts);    // RFC 4180, safe to open in a spreadsheet
std::string as_json(const Counts& counts);

}  // namespace doorstep
