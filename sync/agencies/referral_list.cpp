#include "sync/agencies/referral_list.h"

#include <fmt/format.h>

#include "sync/agencies/answers.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::string_view columns =
    "select o.referral, o.agency, o.state, o.withdrawal, o.attempt, o.raised_ms, o.arrived_ms, o.changed_ms, "
    "o.their_id, o.problem, o.linked_to, coalesce(f.urgency, ''), coalesce(s.word, 'raised'), "
    "coalesce(s.cycle, 1) from outbox o "
    "left join fact_referral f on f.partnership = o.partnership and f.operation_id = o.operation_id "
    "left join referral_status s on s.partnership = o.partnership and s.referral = o.referral "
    "where o.partnership = :partnership";

ListedReferral listed_in(const SqlRow& row) {
    return {{row.uuid(0), row.text(1), row.text(2), row.text(3), static_cast<int>(row.integer(4)),
             row.integer(5), row.integer(6), row.integer(7), row.is_null(8) ? std::string{} : row.blob(8),
             row.text(9), row.is_null(10) ? std::nullopt : std::optional(row.uuid(10))},
            row.text(11),
            row.text(12),
            static_cast<int>(row.integer(13))};
}

Result<void> set_waiting(SqlConnection& sql, const Clock& clock, const Uuid& referral, std::string_view from,
                         std::string_view wrong) {
    TRY(const auto row, outbox_row(sql, referral));
    if (!row)
        return no_such_referral();
    TRY(const auto changed,
        sql.run(
            fmt::format("update outbox set state = 'waiting', not_before = 0, lease_until = 0, problem = '', "
                        "linked_to = null, changed_ms = :now where partnership = :partnership and referral = "
                        ":referral "
                        "and ({})",
                        from),
            {{"now", clock.now_ms()}, {"partnership", home_partnership}, {"referral", sql_value(referral)}}));
    if (changed == 0)
        return Error{Fault::conflict, fmt::format("This referral is {}.", row->state), std::string(wrong)};
    return {};
}

}  // namespace

Result<std::vector<ListedReferral>> list_referrals(SqlConnection& sql, const ReferralFilter& filter) {
    std::vector<ListedReferral> all;
    TRY_DO(sql.query(
        fmt::format("{} and (:agency = '' or o.agency = :agency) "
                    "and (:state = '' or o.state = :state) order by o.raised_ms, o.referral limit 1000",
                    columns),
        {{"partnership", home_partnership}, {"agency", filter.agency}, {"state", filter.state}},
        [&](const SqlRow& row) {
            all.push_back(listed_in(row));
            return true;
        }));
    return all;
}

Result<ShownReferral> show_referral(SqlConnection& sql, const Uuid& referral) {
    const std::vector<SqlParameter> names{{"partnership", home_partnership},
                                          {"referral", sql_value(referral)}};
    std::optional<ShownReferral> shown;
    TRY_DO(sql.query(fmt::format("{} and o.referral = :referral", columns), names, [&](const SqlRow& row) {
        shown = ShownReferral{listed_in(row), {}, {}};
        return false;
    }));
    if (!shown)
        return no_such_referral();
    TRY_DO(sql.query("select a.attempt, a.agency, a.at_ms, coalesce(b.outcome, '') from send_journal a "
                     "left join send_journal b on b.partnership = a.partnership and b.referral = a.referral "
                     "and b.attempt = a.attempt and b.step = 'outcome' "
                     "where a.partnership = :partnership and a.referral = :referral and a.step = 'attempt' "
                     "order by a.attempt",
                     names, [&](const SqlRow& row) {
                         shown->journal.push_back(
                             {{referral, row.text(1), static_cast<int>(row.integer(0)), row.integer(2)},
                              row.text(3)});
                         return true;
                     }));
    TRY_DO(sql.query(
        "select cycle, word, at_ms from fact_referral_state where partnership = :partnership "
        "and referral = :referral order by cycle, state, at_ms",
        names, [&](const SqlRow& row) {
            shown->history.push_back({static_cast<int>(row.integer(0)), row.text(1), row.integer(2)});
            return true;
        }));
    return *shown;
}

Result<void> resend_referral(SqlConnection& sql, const Clock& clock, const Uuid& referral) {
    // There is nothing left to hand over, whether or not there is a way to the agency.
    TRY(const bool erased, content_is_erased(sql, referral));
    if (erased) {
        TRY(const auto ended, sql.run("update outbox set state = 'erased', problem = '', changed_ms = :now "
                                      "where partnership = :partnership and referral = :referral and state "
                                      "in ('unknown', 'verify', 'refused', 'linked') and lease_until <= :now",
                                      {{"now", clock.now_ms()},
                                       {"partnership", home_partnership},
                                       {"referral", sql_value(referral)}}));
        if (ended > 0)
            return {};
    }
    // One that was answered by a slip of somebody's never left.
    return set_waiting(
        sql, clock, referral,
        "state in ('unknown', 'verify', 'refused', 'linked') or (state = 'received' and attempt = 0)",
        "Only one that is unknown, verify, refused or linked, or was answered and never left, "
        "is handed over.");
}

Result<void> release_referral(SqlConnection& sql, const Clock& clock, const Uuid& referral) {
    TRY_DO(set_waiting(sql, clock, referral, "state = 'gate'",
                       "Only one that waits for a signature is released."));
    return signature_is_here(sql, clock, referral);
}

}  // namespace doorstep
