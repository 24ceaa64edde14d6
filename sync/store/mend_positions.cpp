#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sync/store/held_patches.h"
#include "sync/store/salvage.h"
#include "sync/store/sql_values.h"
#include "sync/wire/messages.h"

namespace doorstep {

namespace {

struct Push {
    Uuid enrolment;
    std::uint64_t acked = 0;
    Sha256 acked_chain;
    std::uint64_t last = 0;
    Sha256 last_chain;
    std::optional<Uuid> epoch;
};

Result<void> mend_state(SqlConnection& sql) {
    // Folded by no version: the read model is made again.
    TRY_DO(sql.run("insert into store_state(partnership, role, fold_version, hybrid_clock) "
                   "values(:partnership, 'tablet', 0, 0) on conflict do nothing",
                   {{"partnership", home_partnership}}));
    TRY_DO(sql.run("update store_state set fold_version = 0, hybrid_clock = max(hybrid_clock, "
                   "(select coalesce(max(hybrid_clock), 0) from operation)) where partnership = :partnership",
                   {{"partnership", home_partnership}}));
    return {};
}

Result<std::optional<Push>> kept_push(SqlConnection& sql) {
    std::optional<Push> push;
    TRY_DO(sql.query(
        "select enrolment, acked_seq, acked_chain, last_seq, last_chain, epoch from sync_state "
        "where partnership = :partnership",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            push = Push{row.uuid(0),           unsigned_column(row, 1),
                        sha256_column(row, 2), unsigned_column(row, 3),
                        sha256_column(row, 4), row.is_null(5) ? std::nullopt : std::optional(row.uuid(5))};
            return false;
        }));
    return push;
}

// Of the tablet, or else of its newest envelope.
Result<Uuid> enrolment_of(SqlConnection& sql) {
    Uuid enrolment;
    TRY_DO(sql.query("select enrolment from (select enrolment, 0 as rank, 0 as last from tablet_identity "
                     "union all select enrolment, 1, -last_seq from envelope) order by rank, last limit 1",
                     {}, [&](const SqlRow& row) {
                         enrolment = row.uuid(0);
                         return false;
                     }));
    return enrolment;
}

// Takes in the envelopes beyond what the row knew; without the row, as far back as
// they follow each other: the endpoint says which of them it has.
Result<void> follow_envelopes(SqlConnection& sql, Push& push, bool was_kept) {
    std::uint64_t begins = 0;
    std::uint64_t expected = 0;
    TRY_DO(sql.query(
        "select first_seq, last_seq, chain from envelope where enrolment = :enrolment order by first_seq",
        {{"enrolment", sql_value(push.enrolment)}}, [&](const SqlRow& row) {
            if (unsigned_column(row, 0) != expected)
                begins = unsigned_column(row, 0);
            expected = unsigned_column(row, 1) + 1;
            if (unsigned_column(row, 1) > push.last) {
                push.last = unsigned_column(row, 1);
                push.last_chain = sha256_column(row, 2);
            }
            return true;
        }));
    if (!was_kept && begins > 0)
        push.acked = begins - 1;
    return {};
}

// The chain stands in clear beside each envelope: from where the endpoint's word is kept
// sealed it is worked out again.
Result<void> mend_chain(SqlConnection& sql, Push& push) {
    std::vector<std::pair<std::uint64_t, Sha256>> wrong;
    auto chain = push.acked_chain;
    auto next = push.acked + 1;
    TRY_DO(sql.query("select first_seq, last_seq, envelope_id, body, chain from envelope where enrolment = "
                     ":enrolment and first_seq > :acked order by first_seq",
                     {{"enrolment", sql_value(push.enrolment)}, {"acked", sql_value(push.acked)}},
                     [&](const SqlRow& row) {
                         const auto first = unsigned_column(row, 0);
                         if (first != next)
                             return false;
                         next = unsigned_column(row, 1) + 1;
                         chain = wire::chain(chain, {row.uuid(2), first,
                                                     static_cast<std::uint32_t>(next - first), row.blob(3)});
                         if (chain != sha256_column(row, 4))
                             wrong.emplace_back(first, chain);
                         return true;
                     }));
    for (const auto& [first, right] : wrong)
        TRY_DO(sql.run("update disk.sealed_envelope set chain = :chain where enrolment = :enrolment "
                       "and first_seq = :first",
                       {{"chain", sql_value(right)},
                        {"enrolment", sql_value(push.enrolment)},
                        {"first", sql_value(first)}}));
    if (next == push.last + 1)
        push.last_chain = chain;
    return {};
}

Result<void> mend_push(SqlConnection& sql) {
    TRY(auto kept, kept_push(sql));
    Push push = kept.value_or(Push{});
    if (!kept) {
        TRY(push.enrolment, enrolment_of(sql));
    }
    TRY_DO(follow_envelopes(sql, push, kept.has_value()));
    if (kept)
        TRY_DO(mend_chain(sql, push));
    TRY_DO(sql.run("delete from sync_state where partnership = :partnership",
                   {{"partnership", home_partnership}}));
    TRY_DO(
        sql.run("insert into sync_state(partnership, enrolment, epoch, acked_seq, acked_chain, durable_seq, "
                "last_seq, last_chain, pull_cursor, last_sync_ms) values(:partnership, :enrolment, :epoch, "
                ":acked, :acked_chain, 0, :last, :last_chain, 0, 0)",
                {{"partnership", home_partnership},
                 {"enrolment", sql_value(push.enrolment)},
                 {"epoch", sql_value(push.epoch)},
                 {"acked", sql_value(push.acked)},
                 {"acked_chain", sql_value(push.acked_chain)},
                 {"last", sql_value(push.last)},
                 {"last_chain", sql_value(push.last_chain)}}));
    TRY_DO(sql.run("update operation set pull_seq = null where partnership = :partnership",
                   {{"partnership", home_partnership}}));
    return set_back_patches(sql, 0);
}

}  // namespace

Result<void> mend_positions(SqlConnection& sql) {
    TRY_DO(sql.begin());
    auto mended = mend_state(sql);
    if (mended.ok())
        mended = mend_push(sql);
    if (mended.ok())
        return sql.commit();
    sql.rollback();
    return mended;
}

}  // namespace doorstep
