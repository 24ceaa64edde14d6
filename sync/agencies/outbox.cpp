#include "sync/agencies/outbox.h"

#include <fmt/format.h>

#include <vector>

#include "sync/agencies/sender.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

Result<bool> there_is(SqlConnection& sql, std::string_view question, const Uuid& referral) {
    bool found = false;
    TRY_DO(sql.query(question, {{"partnership", home_partnership}, {"referral", sql_value(referral)}},
                     [&](const SqlRow&) {
                         found = true;
                         return false;
                     }));
    return found;
}

}  // namespace

Result<void> stop_if_withdrawn(SqlConnection& sql, const Clock& clock, const Operation& operation) {
    const auto* set = std::get_if<ReferralStateSet>(&operation.payload);
    if (!set || set->state != ReferralState::withdrawn)
        return {};
    // Set aside, it withdraws nothing.
    TRY(const bool folded, there_is(sql,
                                    "select 1 from fact_referral_state where partnership = :partnership "
                                    "and referral = :referral and word = 'withdrawn'",
                                    set->referral));
    return folded ? stop_in_outbox(sql, clock, set->referral) : Result<void>{};
}

Result<void> stop_in_outbox(SqlConnection& sql, const Clock& clock, const Uuid& referral) {
    // What may still be under way at the agency could come there behind its withdrawal.
    TRY_DO(
        sql.run("update outbox set withdrawal = case when state in ('leased', 'unknown', 'verify', 'sent', "
                "'received') then 'to_tell' else '' end, "
                "not_before = case when state <> 'unknown' then 0 when not_before > :settled then :settled "
                "else not_before end, state = 'withdrawn', changed_ms = :now, problem = '' "
                "where partnership = :partnership and referral = :referral and state <> 'withdrawn'",
                {{"now", clock.now_ms()},
                 {"settled", clock.now_ms() + sending::settle_ms},
                 {"partnership", home_partnership},
                 {"referral", sql_value(referral)}}));
    return {};
}

Result<std::int64_t> go_on_with_known_agencies(const Store& store, const Directory& directory,
                                               const Clock& clock) {
    std::vector<Uuid> known;
    for (const auto& agency : directory.agencies)
        TRY_DO(store.sql().query("select referral from outbox where partnership = :partnership "
                                 "and agency = :agency and state = 'unknown_agency' "
                                 "order by raised_ms, referral",
                                 {{"partnership", home_partnership}, {"agency", agency.code}},
                                 [&](const SqlRow& row) {
                                     known.push_back(row.uuid(0));
                                     return true;
                                 }));
    TRY_DO(enter_again(store, directory, clock, known));
    return static_cast<std::int64_t>(known.size());
}

Result<std::int64_t> go_on_without_their_first(const Store& store, const Directory& directory,
                                               const Clock& clock) {
    std::vector<Uuid> left_alone;
    TRY_DO(store.sql().query(
        "select o.referral from outbox o join outbox f on f.partnership = o.partnership "
        "and f.referral = o.linked_to where o.partnership = :partnership and o.linked_to is not null "
        "and o.state = 'linked' and f.state in ('withdrawn', 'refused', 'erased') "
        "order by o.raised_ms, o.referral limit 100",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            left_alone.push_back(row.uuid(0));
            return true;
        }));
    TRY_DO(enter_again(store, directory, clock, left_alone));
    return static_cast<std::int64_t>(left_alone.size());
}

Result<std::string_view> what_holds_it(SqlConnection& sql, const Uuid& referral, const Agreement& agreement) {
    TRY(const bool erased, content_is_erased(sql, referral));
    if (erased)
        return outbox_state::erased;
    if (!is_by_signature(agreement))
        return std::string_view{};
    TRY(const bool here, there_is(sql,
                                  "select 1 from agreement_signature where partnership = :partnership "
                                  "and referral = :referral",
                                  referral));
    return here ? std::string_view{} : outbox_state::gate;
}

Result<bool> content_is_erased(SqlConnection& sql, const Uuid& referral) {
    return there_is(sql,
                    "select 1 from outbox o join erased_operation e on e.partnership = o.partnership "
                    "and e.operation_id = o.operation_id where o.partnership = :partnership "
                    "and o.referral = :referral",
                    referral);
}

Result<void> signature_is_here(SqlConnection& sql, const Clock& clock, const Uuid& referral) {
    const auto now = clock.now_ms();
    TRY_DO(sql.run("insert into agreement_signature(partnership, referral, at_ms) "
                   "values(:partnership, :referral, :now) on conflict do nothing",
                   {{"partnership", home_partnership}, {"referral", sql_value(referral)}, {"now", now}}));
    TRY_DO(sql.run("update outbox set state = 'waiting', changed_ms = :now where partnership = :partnership "
                   "and referral = :referral and state = 'gate'",
                   {{"now", now}, {"partnership", home_partnership}, {"referral", sql_value(referral)}}));
    return {};
}

Result<void> leave_other_ways_to_a_person(SqlConnection& sql, const Clock& clock, const AgencyLine& line) {
    const std::vector<SqlParameter> names{
        {"partnership", home_partnership},
        {"agency", line.agency},
        {"way", way_of(line)},
        {"now", clock.now_ms()},
        {"problem", std::string("It may have been handed over by another way than the agency has now.")}};
    constexpr std::string_view elsewhere = "where partnership = :partnership and agency = :agency "
                                           "and lease_until <= :now and way <> '' and way <> :way";
    TRY_DO(sql.run(fmt::format("update outbox set state = 'unknown', not_before = 0, changed_ms = :now, "
                               "problem = :problem {} and (state = 'verify' or (state = 'unknown' "
                               "and problem <> :problem))",
                               elsewhere),
                   names));
    TRY_DO(sql.run(fmt::format("update outbox set withdrawal = 'person', changed_ms = :now, "
                               "problem = :problem {} and state = 'withdrawn' and withdrawal = 'to_tell'",
                               elsewhere),
                   names));
    return {};
}

Result<std::optional<OutboxRow>> outbox_row(SqlConnection& sql, const Uuid& referral) {
    std::optional<OutboxRow> found;
    TRY_DO(sql.query(
        "select agency, state, withdrawal, attempt, raised_ms, arrived_ms, changed_ms, their_id, problem, "
        "linked_to from outbox where partnership = :partnership and referral = :referral",
        {{"partnership", home_partnership}, {"referral", sql_value(referral)}}, [&](const SqlRow& row) {
            found = OutboxRow{referral,
                              row.text(0),
                              row.text(1),
                              row.text(2),
                              static_cast<int>(row.integer(3)),
                              row.integer(4),
                              row.integer(5),
                              row.integer(6),
                              row.is_null(7) ? std::string{} : row.blob(7),
                              row.text(8),
                              row.is_null(9) ? std::nullopt : std::optional(row.uuid(9))};
            return false;
        }));
    return found;
}

bool has_not_left(const OutboxRow& row) {
    return row.state == outbox_state::waiting || row.state == outbox_state::gate ||
           row.state == outbox_state::unknown_agency;
}

}  // namespace doorstep
