#include "sync/agencies/outbox.h"

#include "sync/report/referral_sql.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

struct RaisedFact {
    Uuid referral;
    std::string agency;
    Uuid household;
    std::int64_t day = 0;
};

// From the read model, so that nothing leaves that was set aside.
Result<std::optional<RaisedFact>> raised_fact(SqlConnection& sql, const Uuid& operation) {
    std::optional<RaisedFact> found;
    TRY_DO(sql.query("select referral, agency, household, day from fact_referral "
                     "where partnership = :partnership and operation_id = :id",
                     {{"partnership", home_partnership}, {"id", sql_value(operation)}},
                     [&](const SqlRow& row) {
                         found = RaisedFact{row.uuid(0), row.text(1), row.uuid(2), row.integer(3)};
                         return false;
                     }));
    return found;
}

Result<bool> there_is(SqlConnection& sql, std::string_view question, const Uuid& referral) {
    bool found = false;
    TRY_DO(sql.query(question, {{"partnership", home_partnership}, {"referral", sql_value(referral)}},
                     [&](const SqlRow&) {
                         found = true;
                         return false;
                     }));
    return found;
}

// Another referral of that home to that agency that is on its way or open, raised within the days
// of one need, whichever of the two was raised or came first.
Result<std::optional<Uuid>> open_need(SqlConnection& sql, const RaisedFact& raised) {
    std::optional<Uuid> found;
    if (raised.household.is_nil())
        return found;
    TRY_DO(sql.query(
        "select o.referral from outbox o join fact_referral f on f.partnership = o.partnership "
        "and f.operation_id = o.operation_id where o.partnership = :partnership and o.agency = :agency "
        "and f.household = :household and o.referral <> :referral "
        "and f.day between :day - :days and :day + :days "
        "and o.state not in ('linked', 'withdrawn', 'unknown_agency', 'erased') "
        "and not exists (select 1 from referral_status s where s.partnership = o.partnership "
        "and s.referral = o.referral and s.word in ('completed', 'declined', 'returned', 'withdrawn')) "
        "order by o.raised_ms, o.referral",
        {{"partnership", home_partnership},
         {"agency", raised.agency},
         {"household", sql_value(raised.household)},
         {"referral", sql_value(raised.referral)},
         {"day", raised.day},
         {"days", open_need_days}},
        [&](const SqlRow& row) {
            found = row.uuid(0);
            return false;
        }));
    return found;
}

// A referral that may have left before the centre was set back.
Result<bool> may_have_left(SqlConnection& sql, const Uuid& referral, std::int64_t raised_ms) {
    TRY(const bool journalled,
        there_is(sql,
                 "select 1 from send_journal where partnership = :partnership and referral = :referral "
                 "and step = 'attempt'",
                 referral));
    if (journalled)
        return true;
    bool suspect = false;
    TRY_DO(sql.query("select 1 from outbox_restored where partnership = :partnership "
                     "and restored_ms >= :raised and journal_whole = 0",
                     {{"partnership", home_partnership}, {"raised", raised_ms}}, [&](const SqlRow&) {
                         suspect = true;
                         return false;
                     }));
    return suspect;
}

Result<bool> waits_for_signature(SqlConnection& sql, const ReferralRaised& raised) {
    if (raised.agreement.basis != ShareBasis::agreement || raised.agreement.channel != "signature")
        return false;
    TRY(const bool here,
        there_is(
            sql,
            "select 1 from agreement_signature where partnership = :partnership and referral = :referral",
            raised.referral));
    return !here;
}

struct Entry {
    std::string_view state = outbox_state::waiting;
    std::optional<Uuid> linked_to;
};

Result<Entry> first_state(SqlConnection& sql, const Directory& directory, const RaisedFact& fact,
                          const Operation& operation, const ReferralRaised& raised) {
    TRY(const bool withdrawn, there_is(sql,
                                       "select 1 from fact_referral_state where partnership = :partnership "
                                       "and referral = :referral and word = 'withdrawn'",
                                       fact.referral));
    if (withdrawn)
        return Entry{outbox_state::withdrawn, {}};
    if (!directory.agency(fact.agency))
        return Entry{outbox_state::unknown_agency, {}};
    TRY(const bool left, may_have_left(sql, fact.referral, operation.at_ms));
    if (left)
        return Entry{outbox_state::verify, {}};
    TRY(const auto open, open_need(sql, fact));
    if (open)
        return Entry{outbox_state::linked, open};
    TRY(const bool gate, waits_for_signature(sql, raised));
    return Entry{gate ? outbox_state::gate : outbox_state::waiting, {}};
}

Result<void> enter(SqlConnection& sql, const Directory& directory, const Clock& clock,
                   const Operation& operation, const ReferralRaised& raised) {
    TRY(const auto fact, raised_fact(sql, operation.id));
    if (!fact)
        return {};
    TRY(const bool known,
        there_is(sql, "select 1 from outbox where partnership = :partnership and referral = :referral",
                 fact->referral));
    if (known)
        return {};
    TRY(const auto entry, first_state(sql, directory, *fact, operation, raised));
    TRY_DO(sql.run("insert into outbox(partnership, referral, agency, operation_id, state, raised_ms, "
                   "arrived_ms, changed_ms, linked_to) values(:partnership, :referral, :agency, :id, :state, "
                   ":raised, :now, :now, :linked) on conflict do nothing",
                   {{"partnership", home_partnership},
                    {"referral", sql_value(fact->referral)},
                    {"agency", fact->agency},
                    {"id", sql_value(operation.id)},
                    {"state", std::string(entry.state)},
                    {"raised", operation.at_ms},
                    {"now", clock.now_ms()},
                    {"linked", sql_value(entry.linked_to)}}));
    return {};
}

}  // namespace

Result<void> enter_in_outbox(SqlConnection& sql, const Directory& directory, const Clock& clock,
                             const Operation& operation) {
    if (const auto* raised = std::get_if<ReferralRaised>(&operation.payload))
        return enter(sql, directory, clock, operation, *raised);
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
    TRY_DO(sql.run(
        "update outbox set withdrawal = case when state in ('leased', 'unknown', 'verify', 'sent', "
        "'received') then 'to_tell' else '' end, state = 'withdrawn', changed_ms = :now, "
        "not_before = 0, problem = '' "
        "where partnership = :partnership and referral = :referral and state <> 'withdrawn'",
        {{"now", clock.now_ms()}, {"partnership", home_partnership}, {"referral", sql_value(referral)}}));
    return {};
}

Result<std::int64_t> go_on_with_known_agencies(SqlConnection& sql, const Directory& directory,
                                               const Clock& clock) {
    std::int64_t went_on = 0;
    for (const auto& agency : directory.agencies) {
        TRY(const auto changed,
            sql.run("update outbox set state = 'waiting', changed_ms = :now "
                    "where partnership = :partnership and agency = :agency and state = 'unknown_agency'",
                    {{"now", clock.now_ms()}, {"partnership", home_partnership}, {"agency", agency.code}}));
        went_on += changed;
    }
    return went_on;
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

}  // namespace doorstep
