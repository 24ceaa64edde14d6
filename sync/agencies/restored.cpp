#include "sync/agencies/restored.h"

#include "sync/store/sql_values.h"

namespace doorstep {

Result<std::int64_t> verify_before_send(SqlConnection& sql, const Clock& clock,
                                        const std::optional<std::vector<SendAttempt>>& journal) {
    const auto now = clock.now_ms();
    TRY_DO(
        sql.run("insert into outbox_restored(partnership, restored_ms, journal_whole) "
                "values(:partnership, :now, :whole) on conflict do nothing",
                {{"partnership", home_partnership}, {"now", now}, {"whole", std::int64_t{journal ? 1 : 0}}}));
    if (journal)
        for (const auto& attempt : *journal) {
            TRY_DO(journal_attempt(sql, attempt));
            // The next attempt has a number of its own.
            TRY_DO(sql.run("update outbox set attempt = :attempt where partnership = :partnership "
                           "and referral = :referral and attempt < :attempt",
                           {{"attempt", std::int64_t{attempt.attempt}},
                            {"partnership", home_partnership},
                            {"referral", sql_value(attempt.referral)}}));
        }
    return sql.run(
        "update outbox set state = 'verify', lease_until = 0, not_before = 0, changed_ms = :now "
        "where partnership = :partnership and state in ('waiting', 'leased') "
        "and (:whole = 0 or exists (select 1 from send_journal j "
        "where j.partnership = outbox.partnership and j.referral = outbox.referral "
        "and j.step = 'attempt'))",
        {{"now", now}, {"partnership", home_partnership}, {"whole", std::int64_t{journal ? 1 : 0}}});
}

}  // namespace doorstep
