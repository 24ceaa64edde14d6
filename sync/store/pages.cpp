// The pull, seen from both sides: the endpoint's feed and the tablet's pages.
#include <fmt/format.h>

#include <algorithm>

#include "sync/store/erase.h"
#include "sync/store/log.h"
#include "sync/store/outbound_media.h"
#include "sync/store/second_copy.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/standing.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

constexpr const char* own_is_gone =
    "The endpoint holds this fact of ours, and this tablet does not: its storage was set back.";

// A tablet that was locked when its endpoint began another epoch has its facts at places of then.
Result<void> clear_place(SqlConnection& sql, const wire::PulledOperation& pulled) {
    TRY_DO(
        sql.run("update operation set pull_seq = null where partnership = :partnership and pull_seq = :pull "
                "and operation_id <> :id",
                {{"pull", sql_value(pulled.pull_sequence)},
                 {"partnership", home_partnership},
                 {"id", sql_value(pulled.id)}}));
    return {};
}

Result<void> place(SqlConnection& sql, const wire::PulledOperation& pulled, bool& there) {
    TRY(const auto changed,
        sql.run("update operation set pull_seq = :pull, patch = coalesce(:patch, patch) where "
                "partnership = :partnership and operation_id = :id",
                {{"pull", sql_value(pulled.pull_sequence)},
                 {"patch", sql_value(pulled.patch)},
                 {"partnership", home_partnership},
                 {"id", sql_value(pulled.id)}}));
    there = changed > 0;
    return {};
}

// The endpoint could not read what stood at its place, told so under another id, and can now.
Result<void> forget_told_before(SqlConnection& sql, const Uuid& own) {
    TRY_DO(
        sql.run("delete from told_quarantine where partnership = :partnership and operation_id <> :id and "
                "tablet_seq = (select o.tablet_seq from operation o where o.partnership = :partnership and "
                "o.operation_id = :id)",
                {{"partnership", home_partnership}, {"id", sql_value(own)}}));
    return {};
}

// As a page of it says.
std::string scope_told(const std::vector<HeldPatch>& held) {
    const auto scope = scope_of(held);
    return scope.empty() ? std::string{} : wire::scope_name(scope);
}

Result<void> move_cursor(SqlConnection& sql, const Uuid& epoch, std::uint64_t cursor, std::int64_t now) {
    TRY_DO(sql.run("update sync_state set epoch = :epoch, pull_cursor = :cursor, last_sync_ms = :now "
                   "where partnership = :partnership",
                   {{"epoch", sql_value(epoch)},
                    {"cursor", sql_value(cursor)},
                    {"now", now},
                    {"partnership", home_partnership}}));
    return {};
}

}  // namespace

Result<void> keep_pulled(SqlConnection& sql, const wire::PulledOperation& pulled, bool has_place,
                         StoreParts& store, Appended& appended) {
    if (has_place)
        TRY_DO(clear_place(sql, pulled));
    if (pulled.json.empty()) {
        bool there = true;
        if (has_place)
            TRY_DO(place(sql, pulled, there));
        if (there)
            TRY_DO(forget_told_before(sql, pulled.id));
        appended.known += there ? 1 : 0;
        if (!there)
            appended.quarantined.push_back({pulled.id, 0, own_is_gone});
        return {};
    }
    const auto opened = open_as(pulled.id, pulled.json);
    const auto now = store.clock->now_ms();
    Incoming arrival{pulled.id, &opened, {}, {}, {}, now, store.how()};
    if (has_place)
        arrival.pull_sequence = pulled.pull_sequence;
    arrival.patch = pulled.patch;
    TRY(const auto kept, keep(sql, arrival));
    bool there = true;
    if (kept != WasKept::added && has_place)
        TRY_DO(place(sql, pulled, there));
    if (opened.operation)
        store.hybrid.see(opened.operation->hybrid_clock, now);
    const auto* order = opened.operation ? std::get_if<RecordsErased>(&opened.operation->payload) : nullptr;
    if (order && kept != WasKept::fork)
        TRY_DO(forget_on_tablet(sql, *order, opened.operation->hybrid_clock));
    appended.added += kept == WasKept::added ? 1 : 0;
    appended.known += kept == WasKept::known ? 1 : 0;
    const auto reason = kept == WasKept::fork ? std::string(fork_reason) : why_quarantined(opened);
    if (!reason.empty())
        appended.quarantined.push_back(
            {pulled.id, opened.operation ? opened.operation->sequence : 0, reason});
    return {};
}

Result<void> foresee_orders(SqlConnection& sql, std::span<const wire::PulledOperation> facts) {
    for (const auto& pulled : facts) {
        if (pulled.json.find("\"records_erased\"") == std::string::npos)
            continue;
        const auto opened = open_as(pulled.id, pulled.json);
        const auto* order =
            opened.operation ? std::get_if<RecordsErased>(&opened.operation->payload) : nullptr;
        if (order)
            TRY_DO(forget_provisional(sql, *order, opened.operation->hybrid_clock));
    }
    return {};
}

namespace {

// What came while it was locked is older: an order to forget that overtook it would find nothing.
Result<void> check_nothing_waits(SqlConnection& sql) {
    bool waits = false;
    TRY_DO(sql.query("select 1 from waiting where pull_to <> 0 limit 1", {}, [&](const SqlRow&) {
        waits = true;
        return false;
    }));
    if (waits)
        return Error{Fault::conflict, "What came while this tablet was locked is not taken in yet.",
                     "Make room on its disk, and open the records again."};
    return {};
}

}  // namespace

Result<Appended> Store::keep_page(const wire::PullReply& page) {
    TRY(const auto stands, position());
    if (stands.epoch && *stands.epoch != page.epoch)
        return Error{Fault::conflict, "The page is of another epoch of the endpoint.", ""};
    if (page.scope != scope_told(stands.held))
        return Error{Fault::conflict, "The page is for another scope of this tablet.", ""};
    if (!page.patch && (page.from != stands.cursor || page.cursor < page.from))
        return Error{
            Fault::conflict,
            fmt::format("The page starts after {}, and this tablet stands at {}.", page.from, stands.cursor),
            ""};
    const bool locked = state_->role == StoreRole::locked_tablet;
    if (!locked)
        TRY_DO(check_nothing_waits(*state_->sql));
    const auto now = state_->clock->now_ms();
    TRY(auto transaction, begin_any());
    auto& sql = transaction.sql();
    Appended appended;
    if (locked)
        TRY_DO(keep_page_waiting(sql, page, now));
    else
        TRY_DO(foresee_orders(sql, page.operations));
    if (!locked)
        for (const auto& pulled : page.operations)
            TRY_DO(keep_pulled(sql, pulled, true, *state_, appended));
    TRY_DO(locked ? drop_locked_envelopes(sql, page.forgotten) : drop_own_envelopes(sql, page.forgotten));
    TRY_DO(page.patch ? move_patch(sql, page) : move_cursor(sql, page.epoch, page.cursor, now));
    TRY_DO(note_totals(sql, page));
    bool dropped = false;
    if (!locked) {
        TRY_DO(keep_hybrid_clock(sql, state_->hybrid));
        TRY(dropped, settle_patches(sql, page.patch ? stands.cursor : page.cursor, now));
    }
    TRY_DO(transaction.commit());
    // A disk that refused it when all was acknowledged may have left what this page forgets.
    if (state_->second_copy)
        static_cast<void>(state_->second_copy->drop_acknowledged(*state_->sql));
    if (dropped)
        TRY_DO(checkpoint(sql));
    return appended;
}

Result<void> Store::keep_scope(const std::vector<std::string>& patches) {
    TRY(const auto stands, position());
    TRY(auto transaction, begin_any());
    auto& sql = transaction.sql();
    TRY_DO(keep_patches(sql, patches, stands.cursor));
    bool dropped = false;
    if (state_->role != StoreRole::locked_tablet) {
        TRY(dropped, settle_patches(sql, stands.cursor, state_->clock->now_ms()));
    }
    TRY_DO(transaction.commit());
    // Until then the pages stand in the write-ahead log as they were.
    return dropped ? checkpoint(sql) : Result<void>{};
}

Result<void> Store::rewind(const Uuid& epoch, Sequence acked_through, std::uint64_t cursor) {
    TRY(const auto stands, position());
    TRY(const auto chain, chain_at(acked_through));
    TRY(auto transaction, begin_any());
    auto& sql = transaction.sql();
    const auto back_to = std::min(cursor, stands.cursor);
    TRY_DO(sql.run(
        "update sync_state set epoch = :epoch, acked_seq = :acked, acked_chain = :chain, durable_seq = 0, "
        "pull_cursor = :cursor where partnership = :partnership",
        {{"epoch", sql_value(epoch)},
         {"acked", sql_value(acked_through)},
         {"chain", sql_value(chain)},
         {"cursor", sql_value(back_to)},
         {"partnership", home_partnership}}));
    // How much a backup covers is for this epoch to say, and 14 days begin anew.
    TRY_DO(take_back_sent(sql, acked_through));
    TRY_DO(ask_for_media_again(sql));
    TRY_DO(set_back_patches(sql, back_to));
    // The endpoint gives these places to other facts now.
    TRY_DO(sql.run("update waiting set places_to = :cursor where places_to > :cursor",
                   {{"cursor", sql_value(back_to)}}));
    if (state_->role != StoreRole::locked_tablet)
        TRY_DO(sql.run(
            "update operation set pull_seq = null where partnership = :partnership and pull_seq > :cursor",
            {{"partnership", home_partnership}, {"cursor", sql_value(back_to)}}));
    return transaction.commit();
}

Result<Uuid> Store::epoch() const {
    TRY_DO(check_unlocked(*state_));
    std::optional<Uuid> epoch;
    TRY_DO(state_->sql->query("select epoch from partnership_clock where partnership = :partnership",
                              {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                                  epoch = row.uuid(0);
                                  return false;
                              }));
    if (!epoch)
        return Error{Fault::not_found, "Only an endpoint's store has an epoch of its own.", ""};
    return *epoch;
}

Result<std::uint64_t> Store::cursor_max() const {
    TRY_DO(check_unlocked(*state_));
    std::uint64_t last = 0;
    TRY_DO(state_->sql->query("select seq from partnership_clock where partnership = :partnership",
                              {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                                  last = unsigned_column(row, 0);
                                  return false;
                              }));
    return last;
}

}  // namespace doorstep
