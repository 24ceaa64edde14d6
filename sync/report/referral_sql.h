// What counts as a referral, said once: for the counts and for the lists behind them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/directory/directory.h"
#include "sync/report/counts.h"

namespace doorstep {

inline constexpr std::int64_t open_need_days = 90;

// Of a row `r` of the view referral.
inline constexpr std::string_view withdrawn_sql = R"(exists (
        select 1 from fact_referral_state w
        where w.partnership = r.partnership and w.referral = r.referral and w.word = 'withdrawn'))";

// 1 when the need of the row `r` was open already.  Takes :days and :nobody.
inline constexpr std::string_view already_open_sql = R"(case when exists (
        select 1 from referral e
        where e.partnership = r.partnership and e.household = r.household and e.agency = r.agency
          and e.contact <> r.contact and r.household <> :nobody
          and (e.at_ms, e.operation_id) < (r.at_ms, r.operation_id) and e.day >= r.day - :days
          and not exists (select 1 from fact_referral_state w where w.partnership = e.partnership
            and w.referral = e.referral and w.word = 'withdrawn')
          and not exists (select 1 from fact_referral_state s where s.partnership = e.partnership
            and s.referral = e.referral and s.at_ms < r.at_ms and s.word in ('completed', 'declined', 'returned')
            and not exists (select 1 from fact_referral_state t where t.partnership = s.partnership
              and t.referral = s.referral and t.at_ms < r.at_ms and t.cycle > s.cycle))
      ) then 1 else 0 end)";

// The column set of that code; why it cannot be counted over that period, otherwise.
Result<const ColumnSet*> set_for(const Directory& directory, const std::string& code, const Period& period);

}  // namespace doorstep
