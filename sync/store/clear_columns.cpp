#include "sync/store/clear_columns.h"

#include <sqlite3.h>

#include <cassert>
#include <memory>
#include <string>

#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep {

namespace {

constexpr std::size_t check_bytes = 32;

std::string_view bytes_of(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)))
                 : std::string_view{};
}

void give(sqlite3_context* context, std::string_view bytes) {
    sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

void with_check(sqlite3_context* context, int, sqlite3_value** values) {
    std::string bytes(bytes_of(values[0]));
    bytes += Sha256::of(bytes).raw();
    give(context, bytes);
}

void checked(sqlite3_context* context, int, sqlite3_value** values) {
    const auto bytes = bytes_of(values[0]);
    if (is_checked(bytes))
        give(context, bytes.substr(0, bytes.size() - check_bytes));
    else
        sqlite3_result_error_code(context, SQLITE_CORRUPT);
}

void position_proof(sqlite3_context* context, int count, sqlite3_value** values) {
    std::string all;
    for (int i = 0; i < count; ++i) {
        const bool number = sqlite3_value_type(values[i]) == SQLITE_INTEGER;
        const std::string text =
            number ? std::to_string(sqlite3_value_int64(values[i])) : std::string(bytes_of(values[i]));
        all += std::to_string(text.size()) + (number ? "i" : "b") + text;
    }
    give(context, Sha256::of(all).raw());
}

void seal_inbox(sqlite3_context* context, int, sqlite3_value** values) {
    const auto& inbox = *static_cast<const PublicKey*>(sqlite3_user_data(context));
    give(context, seal(inbox, bytes_of(values[0])));
}

void add(SqlConnection& sql, const char* name, int arguments,
         void (*function)(sqlite3_context*, int, sqlite3_value**), PublicKey* key = nullptr) {
    const auto forget = [](void* used) { delete static_cast<PublicKey*>(used); };
    // One that cannot be made deletes the key by itself.
    [[maybe_unused]] const int code = sqlite3_create_function_v2(
        raw_handle(sql), name, arguments, SQLITE_UTF8, key, function, nullptr, nullptr, forget);
    assert(code == SQLITE_OK);
}

constexpr std::string_view tables = R"sql(
-- One row; a hash over it tells a page that went bad.
create table disk.sync_position(partnership integer primary key, enrolment blob not null, epoch blob,
  acked_seq integer not null, acked_chain blob not null, durable_seq integer not null, last_seq integer not null,
  last_chain blob not null, pull_cursor integer not null, proof blob not null);
-- What came while the tablet was locked, in its order: a page of the feed, or, with pull_to 0,
-- what the endpoint said of a push.  Beyond places_to the feed was given out anew meanwhile.
create table disk.waiting(number integer primary key, pull_from integer not null, pull_to integer not null,
  operations integer not null, places_to integer not null, sealed blob not null);
-- Frames of other tablets, sealed by them to the endpoint.
create table disk.rescued(frame_hash blob primary key, arrived integer not null, refused integer not null,
  frame blob not null);
)sql";

// The same triggers whether it is inserted, changed or replaced.
constexpr std::string_view triggers = R"sql(
create temp trigger position_put after insert on main.sync_state begin
  insert or replace into sync_position values(new.partnership, new.enrolment, new.epoch, new.acked_seq,
    new.acked_chain, new.durable_seq, new.last_seq, new.last_chain, new.pull_cursor,
    position_proof(new.enrolment, new.epoch, new.acked_seq, new.acked_chain, new.durable_seq, new.last_seq,
      new.last_chain, new.pull_cursor));
end;
create temp trigger position_changed after update on main.sync_state begin
  insert or replace into sync_position values(new.partnership, new.enrolment, new.epoch, new.acked_seq,
    new.acked_chain, new.durable_seq, new.last_seq, new.last_chain, new.pull_cursor,
    position_proof(new.enrolment, new.epoch, new.acked_seq, new.acked_chain, new.durable_seq, new.last_seq,
      new.last_chain, new.pull_cursor));
end;
create temp trigger position_gone after delete on main.sync_state begin
  delete from sync_position where partnership = old.partnership;
end;
)sql";

// The tablet appends and enrols only when it is unlocked: a row that says otherwise than
// the sealed one is no work of a locked tablet.
constexpr std::string_view taken_over =
    "update main.sync_state set (epoch, acked_seq, acked_chain, durable_seq, pull_cursor) = "
    "(select p.epoch, p.acked_seq, p.acked_chain, p.durable_seq, p.pull_cursor from disk.sync_position p "
    "where p.partnership = sync_state.partnership) "
    "where exists (select 1 from disk.sync_position p where p.partnership = sync_state.partnership "
    "and p.enrolment = sync_state.enrolment and p.last_seq = sync_state.last_seq "
    "and p.last_chain = sync_state.last_chain and p.proof = position_proof(p.enrolment, p.epoch, "
    "p.acked_seq, "
    "p.acked_chain, p.durable_seq, p.last_seq, p.last_chain, p.pull_cursor))";

}  // namespace

std::string_view clear_tables() {
    return tables;
}

bool is_checked(std::string_view bytes) {
    return bytes.size() >= check_bytes && Sha256::of(bytes.substr(0, bytes.size() - check_bytes)).raw() ==
                                              bytes.substr(bytes.size() - check_bytes);
}

void register_clear_functions(SqlConnection& sql) {
    add(sql, "with_check", 1, &with_check);
    add(sql, "checked", 1, &checked);
    add(sql, "position_proof", 8, &position_proof);
}

void register_inbox(SqlConnection& sql, const PublicKey& inbox) {
    add(sql, "seal_inbox", 1, &seal_inbox, std::make_unique<PublicKey>(inbox).release());
}

Result<void> take_over_position(SqlConnection& sql) {
    TRY_DO(sql.run(taken_over));
    return {};
}

Result<void> follow_position(SqlConnection& sql) {
    return sql.script(triggers);
}

}  // namespace doorstep
