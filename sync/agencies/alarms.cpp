#include "sync/agencies/alarms.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// Of a row of outbox `o` with the line `l` of its agency, if any, and the fact `f`.  Nothing is added to a
// time of a tablet: it may be any number.
constexpr std::string_view too_late =
    R"(case when o.raised_ms < o.arrived_ms then o.raised_ms else o.arrived_ms end
      <= cast(:now as bigint) - (case when f.urgency = 'today' then coalesce(l.urgent_alarm_hours, 1)
        else coalesce(l.alarm_hours, 24) end) * cast(:hour as bigint))";

constexpr std::string_view question = R"(
select k.kind, k.agency, k.referral, k.since,
  case when a.told_ms > :again then 1 else 0 end as told
from (
  select 'not_received' as kind, o.agency as agency, o.referral as referral, o.raised_ms as since
    from outbox o left join agency_line l on l.partnership = o.partnership and l.agency = o.agency
    left join fact_referral f on f.partnership = o.partnership and f.operation_id = o.operation_id
    where o.partnership = :partnership and o.state in ('waiting', 'leased', 'sent', 'unknown', 'verify')
    and {0}
  union all
  select case when o.state = 'waiting' then 'no_way' else o.state end, o.agency, o.referral, o.arrived_ms
    from outbox o left join agency_line l on l.partnership = o.partnership and l.agency = o.agency
    left join fact_referral f on f.partnership = o.partnership and f.operation_id = o.operation_id
    where o.partnership = :partnership and (o.state in ('refused', 'unknown_agency')
      or (o.state = 'waiting' and l.agency is null)
      or (o.state = 'gate' and {0})
      or (o.state = 'unknown' and (o.changed_ms <= cast(:now as bigint) - cast(:hour as bigint) or (l.adapter = 'webhook' and l.ask = 0))))
  union all
  select 'difference', d.agency, d.referral, d.found_ms from agency_difference d
    where d.partnership = :partnership
  union all
  select 'withdrawal', o.agency, o.referral, o.changed_ms from outbox o
    where o.partnership = :partnership and (o.withdrawal = 'person'
      or (o.withdrawal = 'to_tell' and o.changed_ms <= cast(:now as bigint) - cast(:day as bigint)))
) k left join agency_alarm a on a.partnership = :partnership and a.kind = k.kind and a.agency = k.agency
  and a.referral = k.referral
{1}order by k.since, k.kind, k.referral limit 1000)";

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> words{
    {{"not_received", "was raised and not received in time. Telephone the agency."},
     {"unknown",
      "may have reached the agency or not. Ask the agency, then: referrals answer, or referrals resend."},
     {"refused", "was refused, or cannot be sent. See referrals show, mend it, then: referrals resend."},
     {"unknown_agency", "is to an agency that the directory does not know. Add it to agencies.csv."},
     {"no_way", "waits: no way to this agency is set. Set one: agencies set."},
     {"gate", "waits for the signature of its agreement. Sync the tablet, or: referrals release."},
     {"difference", "was handed over, and the agency says that it does not hold it. Ask the agency."},
     {"withdrawal", "was withdrawn, and the agency could not be told. Telephone the agency."}}};

}  // namespace

Result<std::vector<AgencyAlarm>> agency_alarms(SqlConnection& sql, const Clock& clock, AlarmsToSee which) {
    constexpr std::int64_t hour_ms = 60 * 60'000;
    const auto now = clock.now_ms();
    std::vector<AgencyAlarm> alarms;
    TRY_DO(sql.query(
        fmt::format(question, too_late,
                    which == AlarmsToSee::untold ? "where a.told_ms is null or a.told_ms <= :again " : ""),
        {{"partnership", home_partnership},
         {"now", now},
         {"hour", hour_ms},
         {"day", 24 * hour_ms},
         {"again", now - alarm_again_ms}},
        [&](const SqlRow& row) {
            alarms.push_back({row.text(0), row.text(1), row.uuid(2), row.integer(3), row.integer(4) != 0});
            return true;
        }));
    return alarms;
}

std::string agency_code(const AgencyAlarm& alarm) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:";
    const auto& code = alarm.agency;
    return code.empty() || code.size() > 64 || code.find_first_not_of(plain) != std::string::npos ? "-"
                                                                                                  : code;
}

std::string words_of(const AgencyAlarm& alarm) {
    for (const auto& [kind, sentence] : words)
        if (kind == alarm.kind)
            return std::string(sentence);
    return {};
}

Result<void> alarm_was_told(SqlConnection& sql, const Clock& clock, const AgencyAlarm& alarm) {
    TRY_DO(
        sql.run("insert into agency_alarm(partnership, kind, agency, referral, told_ms) "
                "values(:partnership, :kind, :agency, :referral, :now) "
                "on conflict(partnership, kind, agency, referral) do update set told_ms = excluded.told_ms",
                {{"partnership", home_partnership},
                 {"kind", alarm.kind},
                 {"agency", alarm.agency},
                 {"referral", sql_value(alarm.referral)},
                 {"now", clock.now_ms()}}));
    return {};
}

}  // namespace doorstep
