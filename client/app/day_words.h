// Days, moments and periods as the officer says them, in the local time at the door.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "client/view/choice_of.h"
#include "client/wording/wording.h"
#include "forms/base/calendar.h"
#include "forms/base/clock.h"
#include "sync/operation/operation.h"
#include "sync/report/counts.h"

namespace doorstep {

// `text` with %1, %2 ... replaced; what the parts hold is never read again.
std::string with_parts(std::string_view text, std::initializer_list<std::string_view> parts);

Day day_at(const Clock& clock, std::int64_t at_ms);
Day today(const Clock& clock);

std::string day_in_full(Day day, const Wording& words);   // "Saturday 21 November"
std::string day_in_short(Day day, const Wording& words);  // "Sat 21 Nov"
std::string weekday(Day day, const Wording& words);       // "Saturday"
// "10:42" today, "yesterday 16:20", "Sat 21 Nov 16:20"
std::string moment(const Clock& clock, std::int64_t at_ms, const Wording& words);
// The same, with "today 10:42".
std::string moment_with_day(const Clock& clock, std::int64_t at_ms, const Wording& words);

// "14 Mill Lane", "Flat 2, 14 Mill Lane", "Wicket Cottage, Mill Lane"
std::string place_of(const DoorAddress& address);
// Where the tablet let go of the address (sync/store/retention.h), words that say where it is.
std::string place_known(const DoorAddress& address, const Wording& words);

// The day, week (from Monday), month, quarter or year (from 1 April, as published) that
// holds `day`; for `days` the day alone.
Period period_around(PeriodKind kind, Day day);
Period period_beside(PeriodKind kind, const Period& period, int steps);
std::string period_in_words(PeriodKind kind, const Period& period, const Wording& words);

}  // namespace doorstep
