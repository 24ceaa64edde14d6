// What about agencies needs a person: ids and words of our own, never content.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Kinds: not_received (raised and not received within the agency's hours), unknown (it may be there or
// not, and asking does not help), refused, unknown_agency, no_way (the agency has none set),
// gate (a signature is missing after the agency's hours), difference (handed over, and the agency says it
// does not hold it), withdrawal (the agency could not be told).
struct AgencyAlarm {
    std::string kind;
    std::string agency;
    Uuid referral;
    std::int64_t since_ms = 0;
    bool told = false;  // within the last day
};
inline constexpr std::int64_t alarm_again_ms = 24 * 60 * 60'000;

enum class AlarmsToSee : std::uint8_t { all, untold };
// Oldest first, at most 1,000.
Result<std::vector<AgencyAlarm>> agency_alarms(SqlConnection& sql, const Clock& clock,
                                               AlarmsToSee which = AlarmsToSee::all);
// The agency as a log line or a command may name it: "-" where it is no plain code, since a tablet may have
// written anything there.
std::string agency_code(const AgencyAlarm& alarm);
// One sentence: what it is, and what to do.
std::string words_of(const AgencyAlarm& alarm);
Result<void> alarm_was_told(SqlConnection& sql, const Clock& clock, const AgencyAlarm& alarm);

}  // namespace doorstep
