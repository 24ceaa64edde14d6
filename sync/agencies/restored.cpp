#include "sync/agencies/restored.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

Error not_of_this_centre(const SendAttempt& missing) {
    return {Fault::conflict,
            fmt::format("The send journal lacks attempt {} for the referral {}, which the database holds: "
                        "it is another endpoint's, or not whole.",
                        missing.attempt, missing.referral.text()),
            "Go on without it: then everything that waits is asked for before it is sent."};
}

// A journal that was begun late lacks what came before it; the newest attempt of all it must have.
Result<void> check_it_is_whole(SqlConnection& sql, const std::vector<SendAttempt>& journal) {
    std::set<std::pair<Uuid, int>> named;
    std::int64_t begun_ms = std::numeric_limits<std::int64_t>::max();
    for (const auto& attempt : journal) {
        named.insert({attempt.referral, attempt.attempt});
        begun_ms = std::min(begun_ms, attempt.at_ms);
    }
    std::optional<SendAttempt> missing;
    std::optional<SendAttempt> newest;
    TRY_DO(sql.query(
        "select referral, attempt, agency, at_ms from send_journal "
        "where partnership = :partnership and step = 'attempt' order by at_ms, referral",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            newest = SendAttempt{row.uuid(0), row.text(2), static_cast<int>(row.integer(1)), row.integer(3)};
            if (newest->at_ms > begun_ms && !named.contains({newest->referral, newest->attempt}))
                missing = newest;
            return !missing;
        }));
    if (!missing && newest && !named.contains({newest->referral, newest->attempt}))
        missing = newest;
    return missing ? Result<void>(not_of_this_centre(*missing)) : Result<void>{};
}

}  // namespace

Result<std::int64_t> verify_before_send(SqlConnection& sql, const Clock& clock,
                                        const std::optional<std::vector<SendAttempt>>& journal) {
    const auto now = clock.now_ms();
    if (journal)
        TRY_DO(check_it_is_whole(sql, *journal));
    TRY_DO(
        sql.run("insert into outbox_restored(partnership, restored_ms, journal_whole) "
                "values(:partnership, :now, :whole) on conflict do nothing",
                {{"partnership", home_partnership}, {"now", now}, {"whole", std::int64_t{journal ? 1 : 0}}}));
    if (journal)
        for (const auto& attempt : *journal) {
            TRY_DO(journal_attempt(sql, attempt));
            // The next attempt has a number of its own.  One that was refused was handed over once more
            // since.
            TRY_DO(sql.run("update outbox set attempt = :attempt, way = :way, state = case when state in "
                           "('refused', 'unknown_agency') then 'verify' else state end where partnership = "
                           ":partnership and referral = :referral and attempt < :attempt",
                           {{"attempt", std::int64_t{attempt.attempt}},
                            {"way", attempt.way},
                            {"partnership", home_partnership},
                            {"referral", sql_value(attempt.referral)}}));
        }
    // Also what waits for its signature, which may have come since.
    return sql.run(
        "update outbox set state = 'verify', lease_until = 0, not_before = 0, changed_ms = :now "
        "where partnership = :partnership and ((:whole = 0 and state in ('waiting', 'leased', 'gate')) "
        "or (state in ('waiting', 'leased', 'gate', 'linked') and exists (select 1 from send_journal j "
        "where j.partnership = outbox.partnership and j.referral = outbox.referral "
        "and j.step = 'attempt')))",
        {{"now", now}, {"partnership", home_partnership}, {"whole", std::int64_t{journal ? 1 : 0}}});
}

}  // namespace doorstep
