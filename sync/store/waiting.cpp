// What came while the tablet was locked: kept in its order, sealed to the inbox, and folded
// when the vault is open.
#include <algorithm>
#include <optional>

#include "forms/base/packing.h"
#include "sync/store/erase.h"
#include "sync/store/second_copy.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

struct Waiting {
    std::int64_t number = 0;
    std::uint64_t pull_from = 0;
    std::uint64_t pull_to = 0;  // 0: what the endpoint said of a push
    std::uint64_t places_to = 0;
    std::string sealed;
};

Result<void> keep_waiting(SqlConnection& sql, const Waiting& what, std::size_t operations,
                          std::int64_t now_ms, const std::string& message) {
    Packer content;
    content(now_ms, message);
    TRY_DO(sql.run("insert into waiting(pull_from, pull_to, operations, places_to, sealed) "
                   "values(:from, :to, :operations, :to, seal_inbox(:content))",
                   {{"from", sql_value(what.pull_from)},
                    {"to", sql_value(what.pull_to)},
                    {"operations", static_cast<std::int64_t>(operations)},
                    {"content", Blob{content.bytes()}}}));
    return {};
}

Result<std::optional<Waiting>> oldest(SqlConnection& sql) {
    std::optional<Waiting> found;
    TRY_DO(
        sql.query("select number, pull_from, pull_to, places_to, sealed from waiting order by number limit 1",
                  {}, [&](const SqlRow& row) {
                      found = Waiting{row.integer(0), unsigned_column(row, 1), unsigned_column(row, 2),
                                      unsigned_column(row, 3), row.blob(4)};
                      return false;
                  }));
    return found;
}

struct Content {
    std::int64_t at_ms = 0;
    std::optional<wire::PullReply> page;
    std::optional<wire::PushReply> told;
};

// Nothing when it is not what was written.
std::optional<Content> content_of(const Waiting& what, std::string_view bytes) {
    Content content;
    std::string message;
    Unpacker unpacker(bytes);
    unpacker(content.at_ms, message);
    if (!unpacker.ok() || !unpacker.at_end())
        return std::nullopt;
    if (what.pull_to == 0) {
        auto told = wire::decode_push_reply(message);
        if (!told.ok())
            return std::nullopt;
        content.told = std::move(*told);
        return content;
    }
    auto page = wire::decode_pull_reply(message);
    if (!page.ok() || page->from != what.pull_from || page->cursor != what.pull_to)
        return std::nullopt;
    content.page = std::move(*page);
    return content;
}

Result<void> seen_at(SqlConnection& sql, std::int64_t at_ms) {
    TRY_DO(sql.run("update sync_state set last_sync_ms = :at where partnership = :partnership and "
                   "last_sync_ms < :at",
                   {{"at", at_ms}, {"partnership", home_partnership}}));
    return {};
}

// The endpoint went back while the tablet was locked: it gives these places to other facts now, and
// will give them again.
Result<void> forget_places_beyond(SqlConnection& sql, std::uint64_t cursor) {
    TRY_DO(sql.run("update operation set pull_seq = null where partnership = :partnership and "
                   "pull_seq > :cursor",
                   {{"partnership", home_partnership}, {"cursor", sql_value(cursor)}}));
    return {};
}

Result<bool> has_places_beyond(SqlConnection& sql, std::uint64_t cursor) {
    bool found = false;
    TRY_DO(
        sql.query("select 1 from operation where partnership = :partnership and pull_seq > :cursor limit 1",
                  {{"partnership", home_partnership}, {"cursor", sql_value(cursor)}}, [&](const SqlRow&) {
                      found = true;
                      return false;
                  }));
    return found;
}

// What cannot be opened is lost here and stands at the endpoint: it is pulled once more.
Result<void> pull_again(SqlConnection& sql, const Waiting& what) {
    if (what.pull_to == 0)
        return {};
    TRY_DO(sql.run("update sync_state set pull_cursor = :from where partnership = :partnership and "
                   "pull_cursor > :from",
                   {{"from", sql_value(what.pull_from)}, {"partnership", home_partnership}}));
    // It may have been of a snapshot.
    return set_back_patches(sql, what.pull_from);
}

}  // namespace

Result<void> keep_page_waiting(SqlConnection& sql, const wire::PullReply& page, std::int64_t now_ms) {
    return keep_waiting(sql, {0, page.from, page.cursor, page.cursor, {}}, page.operations.size(), now_ms,
                        wire::encode(page));
}

// Only the last time is of interest, but every reason is.
Result<void> keep_told_waiting(SqlConnection& sql, const wire::PushReply& reply, std::int64_t now_ms) {
    TRY_DO(sql.run("delete from waiting where pull_to = 0 and operations = 0"));
    return keep_waiting(sql, {}, reply.quarantined.size(), now_ms, wire::encode(reply));
}

Result<bool> Store::fold_one_waiting(const OpenInbox& open_inbox, Appended& appended) {
    TRY_DO(check_unlocked(*state_));
    TRY(const auto next, oldest(*state_->sql));
    if (!next) {
        TRY(const auto stands, position());
        TRY(const bool beyond, has_places_beyond(*state_->sql, stands.cursor));
        TRY(const bool settled, is_settled(*state_->sql));
        if (!beyond && settled)
            return false;
        TRY(auto transaction, begin());
        TRY_DO(forget_places_beyond(transaction.sql(), stands.cursor));
        TRY(const bool dropped, settle_patches(transaction.sql(), stands.cursor, state_->clock->now_ms()));
        TRY_DO(transaction.commit());
        if (dropped)
            TRY_DO(checkpoint(*state_->sql));
        return false;
    }
    const auto opened = open_inbox(next->sealed);
    if (!opened.ok() && opened.error().fault != Fault::damaged)
        return opened.error();
    const auto content = opened.ok() ? content_of(*next, opened->view()) : std::nullopt;
    TRY(const auto own, enrolment());
    TRY(auto transaction, begin());
    auto& sql = transaction.sql();
    if (!content)
        TRY_DO(pull_again(sql, *next));
    if (content && content->page && !content->page->patch)
        TRY_DO(forget_places_beyond(sql, next->pull_from));
    if (content && content->page)
        TRY_DO(foresee_orders(sql, content->page->operations));
    if (content && content->page)
        for (const auto& pulled : content->page->operations)
            TRY_DO(keep_pulled(sql, pulled, pulled.pull_sequence <= next->places_to, *state_, appended));
    if (content && content->told)
        TRY_DO(remember_told(sql, own, content->told->quarantined));
    // How far it stood before that answer is not known any more.
    if (content && content->told)
        TRY_DO(drop_passed_over(sql, 0));
    if (content)
        TRY_DO(seen_at(sql, content->at_ms));
    TRY_DO(sql.run("delete from waiting where number = :number", {{"number", next->number}}));
    TRY_DO(keep_hybrid_clock(sql, state_->hybrid));
    TRY_DO(transaction.commit());
    if (state_->second_copy)
        static_cast<void>(state_->second_copy->drop_acknowledged(*state_->sql));
    return true;
}

}  // namespace doorstep
