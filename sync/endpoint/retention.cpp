// What has outlived its time, home by home.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "forms/base/calendar.h"
#include "sync/endpoint/erasure.h"
#include "sync/report/referral_sql.h"
#include "sync/store/rows_at_once.h"
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
  and o.operation_id > :after)sql";

struct RaisedNeed {
    Uuid fact;
    Uuid household;
    std::string agency;
    Uuid contact;
    std::int64_t day = 0;
};

// Of the homes of these referrals, whatever of theirs is held whole.
Result<std::vector<RaisedNeed>> needs(SqlConnection& sql, const std::vector<Uuid>& referrals) {
    std::set<Uuid> homes;
    TRY_DO(query_about(sql,
                       "select household from fact_referral where partnership = :partnership "
                       "and operation_id = :id",
                       referrals, [&](const SqlRow& row) { homes.insert(row.uuid(0)); }));
    std::vector<RaisedNeed> found;
    TRY_DO(
        query_about(sql,
                    "select f.operation_id, f.household, f.agency, f.contact, f.day from fact_referral f "
                    "where f.partnership = :partnership and f.household = :id and not exists (select 1 "
                    "from erased_operation e where e.partnership = f.partnership "
                    "and e.operation_id = f.operation_id)",
                    std::vector<Uuid>(homes.begin(), homes.end()), [&](const SqlRow& row) {
                        found.push_back({row.uuid(0), row.uuid(1), row.text(2), row.uuid(3), row.integer(4)});
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

// The last of so many facts behind that one; nothing where there are fewer.
Result<std::optional<Uuid>> end_of_page(SqlConnection& sql, const Uuid& after, std::size_t facts) {
    std::optional<Uuid> last;
    TRY_DO(sql.query("select operation_id from operation where partnership = :partnership "
                     "and operation_id > :after order by operation_id limit 1 offset :skip",
                     {{"partnership", home_partnership},
                      {"after", sql_value(after)},
                      {"skip", static_cast<std::int64_t>(facts) - 1}},
                     [&](const SqlRow& row) {
                         last = row.uuid(0);
                         return false;
                     }));
    return last;
}

// What somebody forgot since it was found.
Result<std::set<Uuid>> erased_since(SqlConnection& sql, const std::vector<Uuid>& facts) {
    std::set<Uuid> erased;
    TRY_DO(query_about(sql,
                       "select operation_id from erased_operation where partnership = :partnership "
                       "and operation_id = :id",
                       facts, [&](const SqlRow& row) { erased.insert(row.uuid(0)); }));
    return erased;
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

Result<void> RetentionSearch::look(Store& store) {
    auto& sql = store.sql();
    TRY(const auto last, end_of_page(sql, seen_, facts_));
    std::vector<SqlParameter> names{{"partnership", home_partnership},
                                    {"short", before_months(store.clock(), rule_.questionnaires)},
                                    {"long", before_months(store.clock(), rule_.referrals)},
                                    {"suspect", suspect_ms},
                                    {"after", sql_value(seen_)}};
    auto question = std::string(due_facts);
    if (last) {
        question += " and o.operation_id <= :last";
        names.push_back({"last", sql_value(*last)});
    }
    TRY_DO(sql.query(question, names, [&](const SqlRow& row) {
        if (row.integer(3) != 0) {
            ++kept_on_purpose_;
            return true;
        }
        const DueFact due{row.uuid(0), row.uuid(1), row.text(2) == "referral_raised"};
        by_home_[due.subject].push_back(due);
        if (due.is_referral)
            referrals_.insert(due.fact);
        return true;
    }));
    seen_all_ = !last;
    seen_ = last.value_or(seen_);
    return {};
}

Result<std::int64_t> RetentionSearch::forget_some(const Forgetting& by) {
    std::vector<std::pair<Uuid, std::vector<DueFact>>> homes;
    std::vector<Uuid> facts;
    std::vector<Uuid> raised;
    while (homes.size() < homes_ && !by_home_.empty()) {
        auto home = by_home_.extract(by_home_.begin());
        for (const auto& due : home.mapped()) {
            facts.push_back(due.fact);
            if (due.is_referral)
                raised.push_back(due.fact);
        }
        homes.emplace_back(home.key(), std::move(home.mapped()));
    }
    // A later referral may have come since.
    TRY(const auto all, needs(by.store.sql(), raised));
    const auto stay = needed_by_later(all, referrals_);
    TRY(const auto erased, erased_since(by.store.sql(), facts));
    std::vector<ErasureOrder> orders;
    for (const auto& [home, due] : homes) {
        ErasureOrder order{Uuid::random(by.random), home, "retention", 0, 0, {}};
        for (const auto& one : due)
            if (!stay.contains(one.fact) && !erased.contains(one.fact))
                order.operations.push_back(one.fact);
        if (!order.operations.empty())
            orders.push_back(std::move(order));
    }
    return orders.empty() ? Result<std::int64_t>(0) : forget_in_orders(by, std::move(orders));
}

Result<RetentionSearch::Step> RetentionSearch::step(const Forgetting& by) {
    if (!seen_all_) {
        TRY_DO(look(by.store));
        return Step{};
    }
    if (!by_home_.empty()) {
        TRY(const auto facts, forget_some(by));
        return Step{facts, false};
    }
    *this = RetentionSearch(rule_, facts_, homes_);
    return Step{0, true};
}

Result<RetentionReport> retention_report(Store& store, const RetentionRule& rule) {
    auto& sql = store.sql();
    RetentionReport report;
    RetentionSearch search(rule);
    while (!search.seen_all_)
        TRY_DO(search.look(store));
    TRY(const auto all, needs(sql, {search.referrals_.begin(), search.referrals_.end()}));
    report.waiting_for_later = static_cast<std::int64_t>(needed_by_later(all, search.referrals_).size());
    for (const auto& [home, facts] : search.by_home_)
        report.due += static_cast<std::int64_t>(facts.size());
    report.due -= report.waiting_for_later;
    report.kept_on_purpose = search.kept_on_purpose_;
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

Result<std::int64_t> run_retention(const Forgetting& by, const RetentionRule& rule) {
    RetentionSearch search(rule);
    std::int64_t facts = 0;
    for (RetentionSearch::Step step; !step.ended;) {
        TRY(step, search.step(by));
        facts += step.forgotten;
    }
    return facts;
}

}  // namespace doorstep
