#include "sync/store/standing.h"

#include <algorithm>

#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;

constexpr std::string_view tables = R"sql(
create table if not exists disk.sent_mark(day integer primary key, through_seq integer not null);
create table if not exists disk.witnessed_head(kept integer primary key, epoch blob not null,
  number integer not null, hash blob not null, signature blob not null);
create table if not exists disk.held_patch(patch text primary key, going integer not null,
  at_place integer not null, through_place integer not null, told_at integer not null,
  told_facts integer not null, told_sum text not null, again_ms integer not null);
)sql";

Result<std::int64_t> number_of(SqlConnection& sql, std::string_view question,
                               std::initializer_list<SqlParameter> parameters = {}) {
    std::int64_t number = 0;
    TRY_DO(sql.query(question, parameters, [&](const SqlRow& row) {
        number = row.integer(0);
        return false;
    }));
    return number;
}

wire::AuditHead head_of(const SqlRow& row) {
    return {row.uuid(0), unsigned_column(row, 1), sha256_column(row, 2), row.blob(3)};
}

Result<void> witness(SqlConnection& sql, const wire::AuditHead& head) {
    TRY(const auto newest, number_of(sql, "select coalesce(max(kept), 0) from witnessed_head"));
    TRY_DO(sql.run("insert into witnessed_head(kept, epoch, number, hash, signature) "
                   "values(:kept, :epoch, :number, :hash, :signature)",
                   {{"kept", newest + 1},
                    {"epoch", sql_value(head.epoch)},
                    {"number", sql_value(head.number)},
                    {"hash", sql_value(head.hash)},
                    {"signature", Blob{head.signature}}}));
    TRY_DO(sql.run("delete from witnessed_head where kept <= :old",
                   {{"old", newest + 1 - witnessed_heads_max}}));
    return {};
}

}  // namespace

Result<void> add_standing_tables(SqlConnection& sql) {
    TRY(const auto there,
        number_of(sql,
                  "select count(*) from disk.sqlite_master where name in ('sent_mark', 'witnessed_head', "
                  "'held_patch')"));
    return there == 3 ? Result<void>() : sql.script(tables);
}

Result<void> stand_in_for_patches(SqlConnection& sql) {
    TRY(const auto there,
        number_of(sql, "select count(*) from disk.sqlite_master where name = 'held_patch'"));
    return there == 1 ? Result<void>()
                      : sql.script("create table main.held_patch(patch text primary key, going integer, "
                                   "at_place integer, through_place integer, told_at integer, told_facts "
                                   "integer, told_sum text, again_ms integer)");
}

Result<void> mark_sent(SqlConnection& sql, Sequence acked_through, std::int64_t now_ms) {
    TRY(const auto newest, number_of(sql, "select coalesce(max(day), 0) from sent_mark"));
    TRY_DO(sql.run(
        "insert into sent_mark(day, through_seq) values(:day, :through) on conflict(day) do update set "
        "through_seq = excluded.through_seq where excluded.through_seq > sent_mark.through_seq",
        {{"day", std::max(newest, now_ms / day_ms)}, {"through", sql_value(acked_through)}}));
    return {};
}

Result<void> take_back_sent(SqlConnection& sql, Sequence acked_through) {
    TRY_DO(sql.run("update sent_mark set through_seq = :acked where through_seq > :acked",
                   {{"acked", sql_value(acked_through)}}));
    return {};
}

Result<Sequence> sent_long_ago(SqlConnection& sql, std::int64_t now_ms) {
    TRY(const auto through,
        number_of(sql, "select coalesce(max(through_seq), 0) from sent_mark where day <= :day",
                  {{"day", now_ms / day_ms - sent_kept_days}}));
    return static_cast<Sequence>(through);
}

Result<void> note_told_day(Store& store, std::int64_t told_ms) {
    TRY(const auto newest, number_of(store.sql(), "select coalesce(max(day), 0) from sent_mark"));
    if (told_ms / day_ms <= newest)
        return {};
    TRY(const auto stands, store.position());
    auto& sql = store.sql();
    TRY_DO(sql.begin());
    auto noted = mark_sent(sql, stands.acked_through, told_ms);
    if (noted.ok())
        noted = sql.commit();
    if (!noted.ok())
        sql.rollback();
    return noted;
}

Result<void> Store::keep_standing(Sequence durable_through, const std::optional<wire::AuditHead>& head) {
    TRY(const auto stands, position());
    // More than what it acknowledged is no backup of ours.
    durable_through = std::min(durable_through, stands.acked_through);
    TRY(const auto kept, audit_heads());
    const bool new_head = head && (kept.empty() || kept.back() != *head);
    if (!new_head && durable_through <= stands.durable_through)
        return {};
    TRY(auto transaction, begin_any());
    auto& sql = transaction.sql();
    if (durable_through > stands.durable_through)
        TRY_DO(sql.run("update sync_state set durable_seq = :durable where partnership = :partnership",
                       {{"durable", sql_value(durable_through)}, {"partnership", home_partnership}}));
    if (new_head)
        TRY_DO(witness(sql, *head));
    return transaction.commit();
}

Result<std::vector<wire::AuditHead>> Store::audit_heads() const {
    std::vector<wire::AuditHead> heads;
    TRY_DO(state_->sql->query("select epoch, number, hash, signature from witnessed_head order by kept", {},
                              [&](const SqlRow& row) {
                                  heads.push_back(head_of(row));
                                  return true;
                              }));
    return heads;
}

// With everything acknowledged the second copy holds a mark and no envelope, so that none comes back
// from there; and the newest envelope stays, for the chain that the next one follows.
Result<std::int64_t> Store::purge_sent() {
    TRY(const auto stands, position());
    TRY(const auto own, enrolment());
    if (stands.acked_through != stands.last_sequence || stands.durable_through == 0 ||
        stands.last_sequence < 2)
        return std::int64_t{0};
    TRY(const auto told_day, number_of(*state_->sql, "select coalesce(max(day), 0) from sent_mark"));
    TRY(const auto old, sent_long_ago(*state_->sql, told_day * day_ms));
    const auto through = std::min({old, stands.durable_through, stands.last_sequence - 1});
    if (through == 0)
        return std::int64_t{0};
    const bool locked = state_->role == StoreRole::locked_tablet;
    TRY(const auto waiting,
        number_of(*state_->sql,
                  locked
                      ? "select count(*) from sealed_envelope where enrolment = :own and last_seq <= :through"
                      : "select count(*) from envelope where partnership = 1 and enrolment = :own and "
                        "last_seq <= :through",
                  {{"own", sql_value(own)}, {"through", sql_value(through)}}));
    if (waiting == 0)
        return std::int64_t{0};
    TRY(auto transaction, begin_any());
    TRY_DO(transaction.sql().run(
        locked ? "delete from sealed_envelope where enrolment = :own and last_seq <= :through"
               : "delete from envelope where partnership = 1 and enrolment = :own and last_seq <= :through",
        {{"own", sql_value(own)}, {"through", sql_value(through)}}));
    TRY_DO(transaction.commit());
    // Until then the pages stand in the write-ahead log as they were.
    TRY_DO(checkpoint(*state_->sql));
    return waiting;
}

Result<std::uint64_t> Store::provisional() const {
    TRY_DO(check_unlocked(*state_));
    TRY(const auto facts,
        number_of(*state_->sql,
                  "select count(*) from operation where partnership = :partnership and pull_seq "
                  "is null and tablet_seq is null",
                  {{"partnership", home_partnership}}));
    return static_cast<std::uint64_t>(facts);
}

}  // namespace doorstep
