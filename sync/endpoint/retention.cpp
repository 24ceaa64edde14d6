// What has outlived its time, home by home.
#include <algorithm>
#include <map>
#include <set>

#include "forms/base/calendar.h"
#include "sync/endpoint/erasure.h"
#include "sync/report/referral_sql.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr int concern_months = 72;

// Months before today, at midnight and a day: rather late than early.
std::int64_t before_months(const Clock& clock, int months) {
    const auto now = clock.now_ms();
    const auto today = Day::at(now, clock.utc_offset_minutes(now)).text();
    const int month = std::stoi(today.substr(0, 4)) * 12 + std::stoi(today.substr(5, 2)) - 1 - months;
    const unsigned day = static_cast<unsigned>(std::min(std::stoi(today.substr(8, 2)), 28));
    return Day::of(month / 12, static_cast<unsigned>(month % 12) + 1, day).start_ms() - day_ms;
}

struct Due {
    Uuid fact;
    Uuid subject;
    std::string type;
};

struct DueFacts {
    std::vector<Due> facts;
    std::int64_t kept_on_purpose = 0;
    std::int64_t waiting_for_later = 0;
};

// A tablet's clock that was this far off says nothing of a fact's age: then its arrival does.
constexpr std::int64_t suspect_ms = 60 * day_ms;

constexpr std::string_view due_facts = R"sql(
select o.operation_id, o.subject, o.type, case when exists (select 1 from fact_contact f
    where f.partnership = o.partnership and f.operation_id = o.operation_id and f.outcome = 'do_not_return')
  then 1 else 0 end
from operation o
where o.partnership = :partnership and o.type not in ('visit_planned', 'records_erased')
  and case when o.at_ms between o.received_ms - cast(:suspect as bigint) and o.received_ms then o.at_ms else o.received_ms end
    < case when o.type in ('contact_recorded', 'contact_taken_back', 'questionnaire_finished',
    'offer_made') then cast(:short as bigint) else cast(:long as bigint) end
  and not exists (select 1 from erased_operation e where e.partnership = o.partnership
    and e.operation_id = o.operation_id)
order by o.operation_id)sql";

struct RaisedNeed {
    Uuid fact;
    Uuid household;
    std::string agency;
    Uuid contact;
    std::int64_t day = 0;
};

Result<std::vector<RaisedNeed>> needs(SqlConnection& sql) {
    std::vector<RaisedNeed> found;
    TRY_DO(
        sql.query("select f.operation_id, f.household, f.agency, f.contact, f.day from fact_referral f "
                  "where f.partnership = :partnership and not exists (select 1 from erased_operation e "
                  "where e.partnership = f.partnership and e.operation_id = f.operation_id)",
                  {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                      found.push_back({row.uuid(0), row.uuid(1), row.text(2), row.uuid(3), row.integer(4)});
                      return true;
                  }));
    return found;
}

// A need that a later referral found open goes with that one: apart, the later would count anew.
std::set<Uuid> needed_by_later(const std::vector<RaisedNeed>& all, const std::set<Uuid>& due) {
    std::map<std::pair<Uuid, std::string>, std::vector<const RaisedNeed*>> by_home;
    for (const auto& one : all)
        by_home[{one.household, one.agency}].push_back(&one);
    std::set<Uuid> stay;
    for (bool more = true; more;) {
        more = false;
        for (const auto& [home, list] : by_home)
            for (const auto* early : list)
                for (const auto* late : list) {
                    const bool late_stays = !due.contains(late->fact) || stay.contains(late->fact);
                    const bool linked = late->contact != early->contact && late->day >= early->day &&
                                        late->day - open_need_days <= early->day;
                    if (late_stays && linked && due.contains(early->fact))
                        more = stay.insert(early->fact).second || more;
                }
    }
    return stay;
}

Result<DueFacts> what_is_due(Store& store, const RetentionRule& rule) {
    DueFacts due;
    std::set<Uuid> referrals;
    TRY_DO(store.sql().query(due_facts,
                             {{"partnership", home_partnership},
                              {"short", before_months(store.clock(), rule.questionnaires)},
                              {"long", before_months(store.clock(), rule.referrals)},
                              {"suspect", suspect_ms}},
                             [&](const SqlRow& row) {
                                 if (row.integer(3) != 0) {
                                     ++due.kept_on_purpose;
                                     return true;
                                 }
                                 due.facts.push_back({row.uuid(0), row.uuid(1), row.text(2)});
                                 if (due.facts.back().type == "referral_raised")
                                     referrals.insert(row.uuid(0));
                                 return true;
                             }));
    if (referrals.empty())
        return due;
    TRY(const auto all, needs(store.sql()));
    const auto stay = needed_by_later(all, referrals);
    due.waiting_for_later = static_cast<std::int64_t>(stay.size());
    std::erase_if(due.facts, [&](const Due& one) { return stay.contains(one.fact); });
    return due;
}

Result<std::int64_t> number(SqlConnection& sql, std::string_view statement, std::int64_t before = 0) {
    std::int64_t found = 0;
    const SqlParameter both[] = {{"partnership", home_partnership}, {"before", before}};
    TRY_DO(sql.query(statement,
                     std::span(both, statement.find(":before") == std::string_view::npos ? 1u : 2u),
                     [&](const SqlRow& row) {
                         found = row.is_null(0) ? 0 : row.integer(0);
                         return false;
                     }));
    return found;
}

constexpr std::string_view whole =
    " from operation o where o.partnership = :partnership and o.type not in "
    "('visit_planned', 'records_erased') and not exists (select 1 from "
    "erased_operation e where e.partnership = o.partnership and e.operation_id "
    "= o.operation_id)";

}  // namespace

Result<RetentionReport> retention_report(Store& store, const RetentionRule& rule) {
    auto& sql = store.sql();
    RetentionReport report;
    TRY(const auto due, what_is_due(store, rule));
    report.due = static_cast<std::int64_t>(due.facts.size());
    report.kept_on_purpose = due.kept_on_purpose;
    report.waiting_for_later = due.waiting_for_later;
    TRY(report.facts_held, number(sql, std::string("select count(*)").append(whole)));
    TRY(report.oldest_at_ms, number(sql, std::string("select min(o.at_ms)").append(whole)));
    TRY(report.facts_bare,
        number(sql, "select count(*) from erased_operation where partnership = :partnership"));
    TRY(report.concerns_due,
        number(sql, "select count(*) from concern where partnership = :partnership and received_ms < :before",
               before_months(store.clock(), concern_months)));
    TRY(report.unconfirmed,
        number(sql,
               "select count(*) from erasure e where e.partnership = :partnership and exists (select 1 from "
               "tablet t where t.partnership = e.partnership and not exists (select 1 from "
               "erasure_confirmed c where c.partnership = e.partnership and c.erasure = e.erasure and "
               "c.enrolment = t.enrolment))"));
    return report;
}

Result<std::int64_t> run_retention(const Forgetting& by, const RetentionRule& rule,
                                   std::size_t homes_at_most) {
    TRY(const auto due, what_is_due(by.store, rule));
    std::map<Uuid, std::vector<Uuid>> by_home;
    for (const auto& one : due.facts)
        by_home[one.subject].push_back(one.fact);
    std::vector<ErasureOrder> orders;
    for (auto& [home, facts] : by_home) {
        if (homes_at_most != 0 && orders.size() == homes_at_most)
            break;
        orders.push_back({Uuid::random(by.random), home, "retention", 0, 0, std::move(facts)});
    }
    return orders.empty() ? Result<std::int64_t>(0) : forget_in_orders(by, std::move(orders));
}

}  // namespace doorstep
