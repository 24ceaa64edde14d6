// The referrals behind a number, and what waits to be sent.
#include "sync/report/lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sync/report/address_columns.h"
#include "sync/report/referral_sql.h"

namespace doorstep {

namespace {

// In the order in which they were raised; the address as the contact's latest try has it.
const std::string& referrals_sql() {
    static const std::string sql = fmt::format(R"(
select r.referral, r.contact, r.household, r.agency, r.day, r.at_ms, coalesce(s.state, 0),
  case when {} then 1 else 0 end, {}, {}
from referral r
left join referral_status s on s.partnership = r.partnership and s.referral = r.referral
left join people_contact p on p.partnership = r.partnership and p.operation_id = (
    select c.operation_id from contact_try c where c.partnership = r.partnership and c.contact = r.contact
    order by c.hybrid_clock desc, c.operation_id desc limit 1)
where r.partnership = :partnership and r.day between :from and :to and (:agency = '' or r.agency = :agency)
order by r.at_ms, r.operation_id)",
                                               withdrawn_sql, already_open_sql, address_columns);
    return sql;
}

ReferralRow referral_row(const SqlRow& row) {
    ReferralRow read;
    read.referral = row.uuid(0);
    read.contact = row.uuid(1);
    read.household = row.uuid(2);
    read.agency = row.text(3);
    read.day = Day{static_cast<std::int32_t>(row.integer(4))};
    read.at_ms = row.integer(5);
    read.state = static_cast<ReferralState>(row.integer(6));
    read.withdrawn = row.integer(7) != 0;
    read.already_open = row.integer(8) != 0;
    read.address = address_at(row, 9);
    return read;
}

Error unknown_column(const ColumnSet& set, const std::string& column) {
    std::string known;
    for (const auto& each : set.columns)
        known += (known.empty() ? "" : ", ") + each.label;
    return {Fault::not_found, fmt::format("The column set \"{}\" has no column \"{}\".", set.code, column),
            fmt::format("Known are: {}.", known)};
}

}  // namespace

Result<std::vector<ReferralRow>> referrals_of(SqlConnection& read_model, const Directory& directory,
                                              const Period& period, const std::string& column_set,
                                              const std::string& column) {
    TRY(const ColumnSet* set, set_for(directory, column_set, period));
    std::string agency;
    if (!column.empty()) {
        const auto known = std::find_if(set->columns.begin(), set->columns.end(),
                                        [&](const auto& each) { return each.label == column; });
        if (known == set->columns.end())
            return unknown_column(*set, column);
        if (!known->agency)
            return std::vector<ReferralRow>{};  // a column that is not recorded
        agency = *known->agency;
    }
    std::vector<ReferralRow> rows;
    std::set<std::pair<Uuid, std::string>> counted;
    TRY_DO(read_model.query(referrals_sql(),
                            {{"partnership", home_partnership},
                             {"from", std::int64_t{period.from.since_1970}},
                             {"to", std::int64_t{period.to.since_1970}},
                             {"days", open_need_days},
                             {"nobody", sql_value(Uuid{})},
                             {"agency", agency}},
                            [&](const SqlRow& row) {
                                auto read = referral_row(row);
                                read.counted = !read.withdrawn && !read.already_open &&
                                               counted.emplace(read.contact, read.agency).second;
                                rows.push_back(std::move(read));
                                return true;
                            }));
    return rows;
}

// A referral's agency is found for its withdrawal too.
Result<std::vector<UnsentFact>> unsent_facts(SqlConnection& store) {
    static const std::string statement = fmt::format(R"(
select o.operation_id, o.type, o.subject, o.at_ms,
  coalesce((select r.agency from fact_referral r where r.partnership = o.partnership
      and r.operation_id = o.operation_id),
    (select min(r.agency) from fact_referral_state t join referral r on r.partnership = t.partnership
      and r.referral = t.referral where t.partnership = o.partnership and t.operation_id = o.operation_id), ''),
  coalesce((select v.label from fact_visit v where v.partnership = o.partnership and v.visit = o.subject
    order by v.hybrid_clock desc, v.operation_id desc limit 1), ''), {}
from sync_state y
join operation o on o.partnership = y.partnership and o.enrolment = y.enrolment and o.tablet_seq > y.acked_seq
left join people_contact p on p.partnership = o.partnership and p.operation_id = (
    select c.operation_id from people_contact c where c.partnership = o.partnership
      and c.household = o.subject order by c.hybrid_clock desc, c.operation_id desc limit 1)
where y.partnership = :partnership
order by o.tablet_seq)",
                                                     address_columns);
    std::vector<UnsentFact> facts;
    TRY_DO(store.query(statement, {{"partnership", home_partnership}}, [&](const SqlRow& row) {
        facts.push_back(
            {row.uuid(0), row.text(1), row.uuid(2), row.integer(3), row.text(4), {}, row.text(5)});
        if (has_address(row, 6))
            facts.back().address = address_at(row, 6);
        return true;
    }));
    // Of a home at whose door nothing was recorded: as it stands on a walk.
    for (auto& fact : facts)
        if (!fact.address && fact.label.empty())
            TRY_DO(store.query(
                "select number_or_name, flat, road, postcode from walk_door where household = "
                ":household limit 1",
                {{"household", sql_value(fact.subject)}}, [&](const SqlRow& row) {
                    fact.address = DoorAddress{row.blob(0), row.blob(1), row.blob(2), row.blob(3), {}};
                    return false;
                }));
    return facts;
}

Result<std::int64_t> oldest_unsent(SqlConnection& store) {
    std::int64_t at_ms = 0;
    TRY_DO(store.query("select o.at_ms from sync_state y join operation o on o.partnership = y.partnership "
                       "and o.enrolment = y.enrolment and o.tablet_seq > y.acked_seq "
                       "where y.partnership = :partnership order by o.tablet_seq limit 1",
                       {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                           at_ms = row.integer(0);
                           return false;
                       }));
    return at_ms;
}

Result<std::uint64_t> sent_facts(SqlConnection& store) {
    std::uint64_t sent = 0;
    TRY_DO(store.query("select acked_seq from sync_state where partnership = :partnership",
                       {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                           sent = unsigned_column(row, 0);
                           return false;
                       }));
    return sent;
}

}  // namespace doorstep
