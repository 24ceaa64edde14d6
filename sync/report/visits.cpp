// The visits, their doors and their figures.
#include <fmt/format.h>

#include "sync/report/address_columns.h"
#include "sync/report/lists.h"
#include "sync/report/referral_sql.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

ContactRow contact_row(const SqlRow& row) {
    return {row.uuid(0),
            row.uuid(1),
            row.uuid(2),
            row.text(3),
            contact_outcome(row.text(4)).value_or(ContactOutcome::no_answer),
            static_cast<int>(row.integer(5)),
            Day{static_cast<std::int32_t>(row.integer(6))},
            row.integer(7),
            address_at(row, 8)};
}

Result<std::vector<ContactRow>> contacts(SqlConnection& sql, const std::string& statement,
                                         std::string_view name, const Uuid& id) {
    std::vector<ContactRow> rows;
    TRY_DO(sql.query(statement, {{"partnership", home_partnership}, {name, sql_value(id)}},
                     [&](const SqlRow& row) {
                         rows.push_back(contact_row(row));
                         return true;
                     }));
    return rows;
}

Result<std::int64_t> one_number(SqlConnection& sql, std::string_view statement,
                                std::span<const SqlParameter> parameters) {
    std::int64_t number = 0;
    TRY_DO(sql.query(statement, parameters, [&](const SqlRow& row) {
        number = row.integer(0);
        return false;
    }));
    return number;
}

}  // namespace

Result<std::vector<PlannedVisitRow>> planned_visits(SqlConnection& read_model) {
    std::vector<PlannedVisitRow> rows;
    TRY_DO(read_model.query("select visit, label, programme, area, day from visit "
                            "where partnership = :partnership order by day desc, label, visit",
                            {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                                rows.push_back({row.uuid(0), row.text(1), row.text(2), row.text(3),
                                                Day{static_cast<std::int32_t>(row.integer(4))}});
                                return true;
                            }));
    return rows;
}

Result<std::vector<ContactRow>> contacts_of(SqlConnection& read_model, const Uuid& visit) {
    static const std::string statement = fmt::format(
        "select c.contact, c.household, c.operation_id, c.road_code, c.outcome, c.attempts, c.day, "
        "c.at_ms, {} from contact c left join people_contact p on p.partnership = c.partnership "
        "and p.operation_id = c.operation_id where c.partnership = :partnership and c.visit = "
        ":visit order by c.at_ms, c.operation_id",
        address_columns);
    return contacts(read_model, statement, "visit", visit);
}

Result<std::vector<ContactRow>> tries_at(SqlConnection& read_model, const Uuid& household) {
    static const std::string statement =
        fmt::format("select c.contact, c.household, c.operation_id, c.road_code, c.outcome, "
                    "(select count(*) from contact_try a where a.partnership = c.partnership and a.contact = "
                    "c.contact and (a.hybrid_clock, a.operation_id) <= (c.hybrid_clock, c.operation_id)), "
                    "c.day, c.at_ms, {} from contact_try c left join people_contact p "
                    "on p.partnership = c.partnership and p.operation_id = c.operation_id "
                    "where c.partnership = :partnership and c.household = :household "
                    "order by c.hybrid_clock desc, c.operation_id desc",
                    address_columns);
    return contacts(read_model, statement, "household", household);
}

Result<VisitFigures> figures_of(SqlConnection& read_model, const Uuid& visit) {
    static const std::string referrals =
        fmt::format("select count(*) from (select r.contact, r.agency from referral r "
                    "join contact c on c.partnership = r.partnership and c.contact = r.contact "
                    "where c.partnership = :partnership and c.visit = :visit and not {} and {} = 0 "
                    "group by r.contact, r.agency) pairs",
                    withdrawn_sql, already_open_sql);
    const SqlParameter partnership{"partnership", home_partnership};
    const SqlParameter of_visit{"visit", sql_value(visit)};
    const SqlParameter both[] = {partnership, of_visit};
    const SqlParameter all[] = {
        partnership, of_visit, {"days", open_need_days}, {"nobody", sql_value(Uuid{})}};
    VisitFigures figures;
    TRY(figures.contacts,
        one_number(read_model,
                   "select count(*) from contact where partnership = :partnership and visit = :visit", both));
    TRY(figures.questionnaires,
        one_number(read_model,
                   "select count(distinct q.contact) from contact c join questionnaire q "
                   "on q.partnership = c.partnership and q.contact = c.contact "
                   "where c.partnership = :partnership and c.visit = :visit and q.complete = 1",
                   both));
    TRY(figures.referrals, one_number(read_model, referrals, all));
    return figures;
}

}  // namespace doorstep
