#include "sync/report/counts.h"

#include <fmt/format.h>

#include <map>

#include "sync/report/referral_sql.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::string_view contacts_sql = "select count(distinct visit), count(*) from contact "
                                          "where partnership = :partnership and day between :from and :to";

// Completed ones; and contacts that only have partial ones.
constexpr std::string_view questionnaires_sql = R"(
select coalesce(sum(completed), 0), coalesce(sum(1 - completed), 0) from (
  select contact, max(complete) as completed from questionnaire
  where partnership = :partnership and form_id = :form and day between :from and :to
  group by contact) per_contact)";

// Per agency: pairs of contact and agency that count (already_open 0), and those
// whose every referral met a need that was already open (1).
const std::string& referrals_sql() {
    static const std::string sql = fmt::format(R"(
select agency, already_open, count(*) from (
  select contact, agency, min(already_open) as already_open from (
    select r.contact, r.agency, {} as already_open
    from referral r
    where r.partnership = :partnership and r.day between :from and :to and not {}) raised
  group by contact, agency) pairs
group by agency, already_open)",
                                               already_open_sql, withdrawn_sql);
    return sql;
}

struct ReferralCounts {
    std::map<std::string, std::int64_t> by_agency;
    std::int64_t already_open = 0;
};

std::int64_t first(const Period& period) {
    return period.from.since_1970;
}
std::int64_t last(const Period& period) {
    return period.to.since_1970;
}

Result<ReferralCounts> count_referrals(SqlConnection& sql, const Period& period) {
    ReferralCounts counts;
    TRY_DO(sql.query(referrals_sql(),
                     {{"partnership", home_partnership},
                      {"from", first(period)},
                      {"to", last(period)},
                      {"days", open_need_days},
                      {"nobody", sql_value(Uuid{})}},
                     [&](const SqlRow& row) {
                         if (row.integer(1) != 0)
                             counts.already_open += row.integer(2);
                         else
                             counts.by_agency[row.text(0)] = row.integer(2);
                         return true;
                     }));
    return counts;
}

Result<void> count_doors(SqlConnection& sql, const std::string& form, Counts& counts) {
    TRY_DO(sql.query(
        contacts_sql,
        {{"partnership", home_partnership}, {"from", first(counts.period)}, {"to", last(counts.period)}},
        [&](const SqlRow& row) {
            counts.visits = row.integer(0);
            counts.contacts = row.integer(1);
            return false;
        }));
    return sql.query(questionnaires_sql,
                     {{"partnership", home_partnership},
                      {"form", form},
                      {"from", first(counts.period)},
                      {"to", last(counts.period)}},
                     [&](const SqlRow& row) {
                         counts.questionnaires = row.integer(0);
                         counts.partial = row.integer(1);
                         return false;
                     });
}

void fill_columns(const ColumnSet& set, ReferralCounts referrals, Counts& counts) {
    for (const auto& column : set.columns) {
        CountsColumn filled{column.label, std::nullopt};
        if (column.agency)
            filled.referrals = referrals.by_agency[*column.agency];
        counts.columns.push_back(std::move(filled));
    }
    for (const auto& column : set.columns)
        if (column.agency)
            referrals.by_agency.erase(*column.agency);
    for (const auto& [agency, number] : referrals.by_agency)
        counts.other_agencies += number;
    counts.already_open = referrals.already_open;
}

}  // namespace

Result<Counts> count(SqlConnection& read_model, const Directory& directory, const Period& period,
                     const std::string& column_set) {
    TRY(const ColumnSet* set, set_for(directory, column_set, period));
    Counts counts;
    counts.period = period;
    counts.column_set = column_set;
    TRY_DO(count_doors(read_model, set->household_form, counts));
    TRY(auto referrals, count_referrals(read_model, period));
    fill_columns(*set, std::move(referrals), counts);
    return counts;
}

}  // namespace doorstep
