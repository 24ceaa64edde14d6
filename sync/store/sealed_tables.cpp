#include "sync/store/sealed_tables.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <mutex>

#include "sync/store/clear_columns.h"
#include "sync/store/outbound_media.h"
#include "sync/store/schema.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/sqlite_errors.h"
#include "sync/store/standing.h"

namespace doorstep {

namespace {

// In clear: numbers in the order of writing, random ids, generations of the key,
// the tablet's own sequence, and the hashes that chain what is sent.
constexpr std::string_view file_tables = R"sql(
create table disk.sealed_row(number integer primary key, compartment integer not null,
  generation integer not null, revision integer not null, schema_version integer not null, sealed blob not null);
create index disk.sealed_row_generation on sealed_row(generation);
create table disk.sealed_body(id blob primary key, compartment integer not null, generation integer not null,
  sealed blob not null);
create index disk.sealed_body_generation on sealed_body(generation);
create table disk.sealed_envelope(enrolment blob not null, first_seq integer not null, last_seq integer not null,
  id blob not null, compartment integer not null, generation integer not null, sealed blob not null,
  chain blob not null, outbound blob not null default x'', primary key(enrolment, first_seq));
create unique index disk.sealed_envelope_last on sealed_envelope(enrolment, last_seq);
create index disk.sealed_envelope_generation on sealed_envelope(generation);
create table disk.sealed_attachment(id blob primary key, questionnaire blob not null, compartment integer not null,
  generation integer not null, sealed blob not null);
create index disk.sealed_attachment_questionnaire on sealed_attachment(questionnaire);
create index disk.sealed_attachment_generation on sealed_attachment(generation);
create table disk.sealed_piece(attachment blob not null, number integer not null, sealed blob not null,
  primary key(attachment, number));
)sql";

// In the file alone.
constexpr std::string_view not_in_memory = R"sql(
drop table main.operation_body;
drop table main.envelope;
drop table main.waiting;
drop table main.rescued;
drop table main.sent_mark;
drop table main.witnessed_head;
drop table main.held_patch;
drop table main.patch_total;
)sql";

constexpr std::string_view views_on_the_file = R"sql(
create temp view operation_body as
  select 1 as partnership, id as operation_id, open_body(id, 'operation', generation, sealed) as body
  from sealed_body;
create temp trigger operation_body_put instead of insert on operation_body begin
  insert into sealed_body(id, compartment, generation, sealed)
    values(new.operation_id, 0, newest_generation(), seal_body(new.operation_id, 'operation', new.body));
end;
create temp trigger operation_body_changed instead of update of body on operation_body begin
  update sealed_body set generation = newest_generation(),
    sealed = seal_body(old.operation_id, 'operation', new.body) where id = old.operation_id;
end;
create temp trigger operation_body_gone instead of delete on operation_body begin
  delete from sealed_body where id = old.operation_id;
end;
-- What travels, sealed to the endpoint, is outbound; where it is empty the plain body travels.
create temp view envelope as
  select 1 as partnership, enrolment, first_seq, last_seq, id as envelope_id,
    case when length(outbound) > 0 then checked(outbound) else open_body(id, 'envelope', generation, sealed) end
      as body, chain,
    case when length(outbound) > 0 then open_body(id, 'envelope', generation, sealed) else x'' end as plain
  from sealed_envelope;
create temp trigger envelope_put instead of insert on envelope begin
  insert into sealed_envelope(enrolment, first_seq, last_seq, id, compartment, generation, sealed, chain, outbound)
    values(new.enrolment, new.first_seq, new.last_seq, new.envelope_id, 0, newest_generation(),
      seal_body(new.envelope_id, 'envelope', case when length(new.plain) > 0 then new.plain else new.body end),
      new.chain, case when length(new.plain) > 0 then with_check(new.body) else x'' end);
end;
create temp trigger envelope_sealed instead of update of body on envelope begin
  update sealed_envelope set outbound = with_check(new.body), chain = new.chain
    where enrolment = old.enrolment and first_seq = old.first_seq;
end;
-- Forgotten: the form that the tablet itself reads goes too.
create temp trigger envelope_forgotten instead of update of plain on envelope when length(new.plain) = 0 begin
  update sealed_envelope set generation = newest_generation(),
    sealed = seal_body(old.envelope_id, 'envelope', new.plain)
    where enrolment = old.enrolment and first_seq = old.first_seq and length(outbound) > 0;
end;
create temp trigger envelope_changed instead of update of enrolment on envelope begin
  update sealed_envelope set enrolment = new.enrolment
    where enrolment = old.enrolment and first_seq = old.first_seq;
end;
create temp trigger envelope_gone instead of delete on envelope begin
  delete from sealed_envelope where enrolment = old.enrolment and first_seq = old.first_seq;
end;
)sql";

constexpr std::array<KeptTable, 23> all_kept = {{{1, "people_contact", "operation_id"},
                                                 {2, "walk_door"},
                                                 {3, "fact_visit", "operation_id"},
                                                 {4, "fact_visit_team", "operation_id"},
                                                 {5, "fact_contact", "operation_id"},
                                                 {6, "fact_questionnaire", "operation_id"},
                                                 {7, "fact_offer", "operation_id"},
                                                 {8, "fact_referral", "operation_id"},
                                                 {9, "fact_referral_state", "operation_id"},
                                                 {10, "superseded", "by_operation"},
                                                 {11, "operation", "operation_id"},
                                                 {12, "fork"},
                                                 {13, "store_state"},
                                                 {14, "sync_state"},
                                                 {15, "partnership_clock"},
                                                 {16, "tablet_identity"},
                                                 {17, "told_quarantine"},
                                                 {18, "draft_form"},
                                                 {19, "draft"},
                                                 {20, "draft_line"},
                                                 {21, "address_row"},
                                                 {22, "fact_clock", "by_operation"},
                                                 {23, "people_note", "operation_id"}}};
static_assert(all_kept.back().number <= kept_number_max);

Result<std::int64_t> number(SqlConnection& sql, std::string_view question) {
    std::int64_t answer = 0;
    TRY_DO(sql.query(question, {}, [&](const SqlRow& row) {
        answer = row.integer(0);
        return false;
    }));
    return answer;
}

// The tables in memory as the whole history leaves them, each made at once: no opening has to
// walk through the years.  A fresh database has no rows, so that its tables are all there is.
Result<std::string> tables_in_memory() {
    TRY(const auto sql, open_sqlite(":memory:"));
    TRY_DO(bring_up_to_date(*sql, schema_history()));
    TRY_DO(sql->script(not_in_memory));
    std::string script;
    TRY_DO(sql->query("select sql from sqlite_master where sql is not null order by case type when 'table' "
                      "then 1 when 'index' then 2 when 'view' then 3 else 4 end, rowid",
                      {}, [&](const SqlRow& row) {
                          script += row.text(0) + ";\n";
                          return true;
                      }));
    script += fmt::format("pragma main.application_id = {}; pragma main.user_version = {};",
                          sqlite_application_id, schema_history().back().version);
    return script;
}

Result<std::unique_ptr<SqlConnection>> pattern_database() {
    TRY(const auto script, tables_in_memory());
    TRY(auto sql, open_sqlite(":memory:"));
    TRY_DO(sql->begin());
    TRY_DO(sql->script(script));
    TRY_DO(sql->commit());
    return sql;
}

// The pages of a database that was made once in this process: to carry out a hundred statements with each
// opening takes seven times as long.
Result<void> take_over_tables(SqlConnection& sql) {
    static std::mutex in_use;  // its connection is one thread's at a time
    static const auto pattern = pattern_database();
    if (!pattern.ok())
        return pattern.error();
    const std::lock_guard lock(in_use);
    auto* const copying = sqlite3_backup_init(raw_handle(sql), "main", raw_handle(**pattern), "main");
    if (copying)
        sqlite3_backup_step(copying, -1);
    const int code = copying ? sqlite3_backup_finish(copying) : sqlite3_errcode(raw_handle(sql));
    return code == SQLITE_OK ? Result<void>{} : Result<void>(sqlite_error(code, 0, ":memory:"));
}

}  // namespace

std::span<const KeptTable> kept_tables() {
    return all_kept;
}

RowIdentity row_identity(std::int64_t number, std::int64_t revision, int schema) {
    std::string bytes(16, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        bytes[15 - i] =
            static_cast<char>(static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * i)));
    return {Uuid::from_bytes(bytes).value_or(Uuid{}), "sealed_row", static_cast<std::uint64_t>(revision), 0,
            schema};
}

RowIdentity content_identity(const Uuid& id, std::string_view kind) {
    return {id, kind, 1, 0, 1};
}

Result<void> prepare_file(SqlConnection& sql) {
    TRY(const auto version, number(sql, "pragma disk.user_version"));
    if (version == sealed_file_version) {
        // What only is looked at stays as it is.
        auto added = add_standing_tables(sql);
        if (added.ok())
            added = add_outbound_table(sql);
        return added.ok() || added.error().fault == Fault::not_writable ? Result<void>() : added;
    }
    if (version > sealed_file_version)
        return Error{Fault::newer_version,
                     fmt::format("The store was written by a newer Doorstep (version {} of its tables; this "
                                 "program knows {}). Nothing was changed.",
                                 version, sealed_file_version),
                     "Install the newer Doorstep again."};
    TRY(const auto there, number(sql, "select count(*) from disk.sqlite_master"));
    if (version != 0 || there != 0)
        return Error{Fault::refused, "This store was made before records were sealed.", ""};
    TRY_DO(sql.begin());
    auto made = sql.script(file_tables);
    if (made.ok())
        made = sql.script(clear_tables());
    if (made.ok())
        made = add_standing_tables(sql);
    if (made.ok())
        made = add_outbound_table(sql);
    if (made.ok())
        made = sql.script(fmt::format("pragma disk.application_id = {}; pragma disk.user_version = {}",
                                      sqlite_application_id, sealed_file_version));
    if (made.ok())
        made = sql.commit();
    if (!made.ok())
        sql.rollback();
    return made;
}

Result<void> prepare_memory(SqlConnection& sql) {
    TRY_DO(take_over_tables(sql));
    TRY_DO(sql.script(views_on_the_file));
    return stand_in_for_patches(sql);
}

}  // namespace doorstep
