#include "sync/store/schema.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string>

#include "sync/store/sqlite_connection.h"
#include "sync/store/vfs_file.h"

namespace doorstep {

namespace {

constexpr std::string_view version_1 = R"sql(
-- The log.  tablet_seq and enrolment are null for facts born at the endpoint and for
-- pulled ones; pull_seq is null for a tablet's own until they come back.
create table operation(partnership integer not null, operation_id blob not null, pull_seq bigint,
  enrolment blob, tablet_seq bigint, type text not null, type_version integer not null, subject blob not null,
  at_ms bigint not null, utc_offset_minutes integer not null, hybrid_clock bigint not null,
  received_ms bigint not null, status integer not null, reason text not null,
  primary key(partnership, operation_id));
create unique index operation_pull on operation(partnership, pull_seq);
create unique index operation_tablet on operation(partnership, enrolment, tablet_seq);
create index operation_status on operation(partnership, status);
create table operation_body(partnership integer not null, operation_id blob not null, body blob not null,
  primary key(partnership, operation_id));
-- The same id, or the same place in a tablet's sequence, with other content.
create table fork(partnership integer not null, operation_id blob not null, body_hash blob not null,
  enrolment blob, tablet_seq bigint, body blob not null, reason text not null,
  primary key(partnership, operation_id, body_hash));

create table envelope(partnership integer not null, enrolment blob not null, first_seq bigint not null,
  last_seq bigint not null, envelope_id blob not null, body blob not null, chain blob not null,
  primary key(partnership, enrolment, first_seq));
create unique index envelope_last on envelope(partnership, enrolment, last_seq);

create table store_state(partnership integer not null primary key, role text not null,
  fold_version integer not null, hybrid_clock bigint not null);
create table partnership_clock(partnership integer not null primary key, seq bigint not null,
  epoch blob not null, parent_epoch blob, parent_cut bigint);
create table tablet_identity(partnership integer not null primary key, enrolment blob not null,
  tablet text not null, endpoint text not null, token text not null, safeguarding_key blob not null);
create table sync_state(partnership integer not null primary key, enrolment blob not null, epoch blob,
  acked_seq bigint not null, acked_chain blob not null, durable_seq bigint not null, last_seq bigint not null,
  last_chain blob not null, pull_cursor bigint not null, last_sync_ms bigint not null);
-- What the endpoint set aside of what we sent.
create table told_quarantine(partnership integer not null, enrolment blob not null, tablet_seq bigint not null,
  operation_id blob not null, reason text not null, primary key(partnership, enrolment, tablet_seq));

create table draft(questionnaire blob not null primary key, contact blob not null, form_id blob not null,
  form_version blob not null, form_hash blob not null, begun blob not null, started_ms bigint not null,
  changed_ms bigint not null);
create table draft_line(questionnaire blob not null references draft(questionnaire), number bigint not null,
  line blob not null, primary key(questionnaire, number));
create table draft_form(form_hash blob not null primary key, xml blob not null);

-- The read model, counts half: one row per fact, so that order and repetition of
-- arrival cannot matter.
create table superseded(partnership integer not null, operation_id blob not null, type text not null,
  by_operation blob not null, primary key(partnership, operation_id, type, by_operation));
create table fact_visit(partnership integer not null, operation_id blob not null, hybrid_clock bigint not null,
  visit blob not null, label text not null, programme text not null, area text not null, day integer not null,
  primary key(partnership, operation_id));
create index fact_visit_latest on fact_visit(partnership, visit, hybrid_clock, operation_id);
create table fact_visit_team(partnership integer not null, operation_id blob not null, team text not null,
  primary key(partnership, operation_id, team));
create table fact_contact(partnership integer not null, operation_id blob not null, hybrid_clock bigint not null,
  contact blob not null, visit blob not null, household blob not null, area text not null,
  road_code text not null, team text not null, officer text not null, companion text not null,
  outcome text not null, day integer not null, at_ms bigint not null, primary key(partnership, operation_id));
create index fact_contact_latest on fact_contact(partnership, contact, hybrid_clock, operation_id);
create table fact_questionnaire(partnership integer not null, operation_id blob not null,
  hybrid_clock bigint not null, questionnaire blob not null, contact blob not null, form_id text not null,
  form_version text not null, complete integer not null, day integer not null,
  primary key(partnership, operation_id));
create index fact_questionnaire_day on fact_questionnaire(partnership, form_id, day);
create table fact_offer(partnership integer not null, operation_id blob not null, hybrid_clock bigint not null,
  offer blob not null, contact blob not null, code text not null, status text not null,
  quantity bigint not null, day integer not null, primary key(partnership, operation_id));
create index fact_offer_latest on fact_offer(partnership, offer, hybrid_clock, operation_id);
create table fact_referral(partnership integer not null, operation_id blob not null, hybrid_clock bigint not null,
  referral blob not null, contact blob not null, household blob not null, agency text not null,
  urgency text not null, basis text not null, day integer not null, at_ms bigint not null,
  primary key(partnership, operation_id));
create index fact_referral_latest on fact_referral(partnership, referral, hybrid_clock, operation_id);
create index fact_referral_home on fact_referral(partnership, household, agency);
create index fact_referral_day on fact_referral(partnership, day);
create table fact_referral_state(partnership integer not null, operation_id blob not null,
  hybrid_clock bigint not null, referral blob not null, cycle integer not null, state integer not null,
  word text not null, at_ms bigint not null, primary key(partnership, operation_id));
create index fact_referral_state_of on fact_referral_state(partnership, referral, cycle, state);

-- The read model, people half.
create table people_contact(partnership integer not null, operation_id blob not null,
  hybrid_clock bigint not null, contact blob not null, household blob not null, number_or_name blob not null,
  flat blob not null, road blob not null, postcode blob not null, uprn bigint, language blob not null,
  respondent blob not null, primary key(partnership, operation_id));
create index people_contact_latest on people_contact(partnership, contact, hybrid_clock, operation_id);
create index people_contact_home on people_contact(partnership, household);

-- What holds now: nothing superseded, and the latest of several.
create view visit as select f.* from fact_visit f
  where not exists (select 1 from superseded s where s.partnership = f.partnership
      and s.operation_id = f.operation_id and s.type = 'visit_planned')
    and not exists (select 1 from fact_visit g where g.partnership = f.partnership and g.visit = f.visit
      and (g.hybrid_clock, g.operation_id) > (f.hybrid_clock, f.operation_id)
      and not exists (select 1 from superseded s where s.partnership = g.partnership
        and s.operation_id = g.operation_id and s.type = 'visit_planned'));
create view contact as select f.*,
    (select count(*) from fact_contact a where a.partnership = f.partnership and a.contact = f.contact
      and not exists (select 1 from superseded s where s.partnership = a.partnership
        and s.operation_id = a.operation_id and s.type = 'contact_recorded')) as attempts
  from fact_contact f
  where not exists (select 1 from superseded s where s.partnership = f.partnership
      and s.operation_id = f.operation_id and s.type = 'contact_recorded')
    and not exists (select 1 from fact_contact g where g.partnership = f.partnership and g.contact = f.contact
      and (g.hybrid_clock, g.operation_id) > (f.hybrid_clock, f.operation_id)
      and not exists (select 1 from superseded s where s.partnership = g.partnership
        and s.operation_id = g.operation_id and s.type = 'contact_recorded'));
-- Two corrections of one questionnaire both stand: a fork that can be seen.
create view questionnaire as select f.* from fact_questionnaire f
  where not exists (select 1 from superseded s where s.partnership = f.partnership
      and s.operation_id = f.operation_id and s.type = 'questionnaire_finished');
create view offer as select f.* from fact_offer f
  where not exists (select 1 from superseded s where s.partnership = f.partnership
      and s.operation_id = f.operation_id and s.type = 'offer_made')
    and not exists (select 1 from fact_offer g where g.partnership = f.partnership and g.offer = f.offer
      and (g.hybrid_clock, g.operation_id) > (f.hybrid_clock, f.operation_id)
      and not exists (select 1 from superseded s where s.partnership = g.partnership
        and s.operation_id = g.operation_id and s.type = 'offer_made'));
create view referral as select f.* from fact_referral f
  where not exists (select 1 from superseded s where s.partnership = f.partnership
      and s.operation_id = f.operation_id and s.type = 'referral_raised')
    and not exists (select 1 from fact_referral g where g.partnership = f.partnership
      and g.referral = f.referral
      and (g.hybrid_clock, g.operation_id) > (f.hybrid_clock, f.operation_id)
      and not exists (select 1 from superseded s where s.partnership = g.partnership
        and s.operation_id = g.operation_id and s.type = 'referral_raised'));
-- The highest state of the newest cycle.  The numbers rise in the order of
-- ReferralState, so ends win.  withdrawn stays, whatever cycles follow.
create view referral_status as select f.partnership, f.referral, f.cycle, f.state, f.word, min(f.at_ms) as at_ms,
    (select count(*) from fact_referral_state w where w.partnership = f.partnership and w.referral = f.referral
      and w.word = 'withdrawn') as withdrawals
  from fact_referral_state f
  where not exists (select 1 from fact_referral_state g where g.partnership = f.partnership
      and g.referral = f.referral and (g.cycle, g.state) > (f.cycle, f.state))
  group by f.partnership, f.referral, f.cycle, f.state, f.word;
create view people_contact_now as select f.* from people_contact f
  join contact c on c.partnership = f.partnership and c.operation_id = f.operation_id;
)sql";

constexpr std::string_view version_2 = R"sql(
-- The doors of a visit in walking order: of this tablet alone, no part of the fold.
create table walk_door(visit blob not null, number integer not null, household blob not null,
  area blob not null, road_code blob not null, number_or_name blob not null, flat blob not null,
  road blob not null, postcode blob not null, uprn bigint, primary key(visit, number));

create index fact_contact_visit on fact_contact(partnership, visit);
create index fact_contact_home on fact_contact(partnership, household);

-- A try stands until it is corrected or, unless a questionnaire ended it, taken back.
drop view people_contact_now;
drop view contact;
create view contact_try as select f.* from fact_contact f
  where not exists (select 1 from superseded s where s.partnership = f.partnership
      and s.operation_id = f.operation_id and (s.type = 'contact_recorded'
        or (s.type = 'contact_taken_back' and f.outcome not in ('completed', 'partial'))));
create view contact as select f.*,
    (select count(*) from contact_try a where a.partnership = f.partnership and a.contact = f.contact)
      as attempts
  from contact_try f
  where not exists (select 1 from contact_try g where g.partnership = f.partnership and g.contact = f.contact
      and (g.hybrid_clock, g.operation_id) > (f.hybrid_clock, f.operation_id));
create view people_contact_now as select f.* from people_contact f
  join contact c on c.partnership = f.partnership and c.operation_id = f.operation_id;
)sql";

constexpr std::string_view version_3 = R"sql(
-- The keys of the centre, given at the enrolment; empty for a tablet enrolled before.
alter table tablet_identity add column sealing_key blob not null default x'';
alter table tablet_identity add column signing_key blob not null default x'';
alter table tablet_identity add column recovery_key blob not null default x'';
-- The tablet's own form of a body that travels sealed to the endpoint; empty where the body is
-- plain, and at the endpoint.
alter table envelope add column plain blob not null default x'';
-- Pages that a locked tablet received: only in a sealed store (clear_columns.h).
create table waiting(number bigint not null primary key, pull_from bigint not null, pull_to bigint not null,
  operations bigint not null, places_to bigint not null, sealed blob not null);
-- What this tablet carries for others (rescue.h).
create table rescued(frame_hash blob not null primary key, arrived bigint not null, refused integer not null,
  frame blob not null);
)sql";

constexpr std::string_view version_4 = R"sql(
-- The addresses of a borough, a thousand to a row: of this tablet alone (address_base.h).
create table address_row(number integer not null primary key, homes integer not null, packed blob not null);
)sql";

constexpr std::string_view version_5 = R"sql(
-- By which day how much of ours was acknowledged, and where the endpoint's audit stood (standing.h).
create table sent_mark(day bigint not null primary key, through_seq bigint not null);
create table witnessed_head(kept bigint not null primary key, epoch blob not null, number bigint not null,
  hash blob not null, signature blob not null);
)sql";

constexpr std::string_view version_6 = R"sql(
-- When facts were recorded whose tablet had a wrong clock; told by the endpoint, newest first.
create table fact_clock(partnership integer not null, operation_id blob not null, by_operation blob not null,
  told bigint not null, hybrid_clock bigint not null, day integer not null, at_ms bigint not null,
  primary key(partnership, operation_id, by_operation));
)sql";

constexpr std::string_view version_7 = R"sql(
-- The area that a fact belongs to (patches.h): at the endpoint of each, empty where it is of none; on a tablet as the
-- endpoint told it.
alter table operation add column patch text;
-- At the endpoint: how many facts of each stand in the feed, and the sums of their ids.
create table patch_total(partnership integer not null, patch text not null, facts bigint not null,
  sum_0 bigint not null, sum_1 bigint not null, sum_2 bigint not null, sum_3 bigint not null,
  primary key(partnership, patch));
-- On a tablet: of which it holds the history (held_patches.h).
create table held_patch(patch text not null primary key, going integer not null, at_place bigint not null,
  through_place bigint not null, told_at bigint not null, told_facts bigint not null, told_sum text not null,
  again_ms bigint not null);
)sql";

constexpr std::string_view version_8 = R"sql(
-- On a tablet: whether the fact stands here as its bare form (erase.h, enum Shortened); null: nobody looked.
alter table operation add column shortened integer;
)sql";

constexpr std::string_view version_9 = R"sql(
-- What is known of homes (home_notes.h).
create table people_note(partnership integer not null, operation_id blob not null, hybrid_clock bigint not null,
  household blob not null, kind text not null, holds integer not null, said blob not null, officer blob not null,
  day integer not null, review integer not null, until_day integer not null, primary key(partnership, operation_id));
create index people_note_home on people_note(partnership, household);
-- What nobody who saw it has put another one in the place of.
create view home_note as select f.* from people_note f
  where not exists (select 1 from superseded s where s.partnership = f.partnership
      and s.operation_id = f.operation_id and s.type = 'home_noted');
)sql";

constexpr std::string_view version_10 = R"sql(
-- An entry takes the place of those of its own register alone.  Of one that is bare nobody knows the register.
drop view home_note;
create view home_note as select f.* from people_note f
  where not exists (select 1 from superseded s left join people_note b on b.partnership = s.partnership
      and b.operation_id = s.by_operation where s.partnership = f.partnership
      and s.operation_id = f.operation_id and s.type = 'home_noted' and (b.operation_id is null
      or (b.household = f.household and b.kind = f.kind)));
)sql";

constexpr std::array<SchemaStep, 10> history_of_schemas = {{{1, version_1},
                                                            {2, version_2},
                                                            {3, version_3},
                                                            {4, version_4},
                                                            {5, version_5},
                                                            {6, version_6},
                                                            {7, version_7},
                                                            {8, version_8},
                                                            {9, version_9},
                                                            {10, version_10}}};

constexpr std::array<ReadModelTable, 20> tables = {{{"superseded", false, false},
                                                    {"fact_visit", false, false},
                                                    {"fact_visit_team", false, false},
                                                    {"fact_contact", false, false},
                                                    {"fact_questionnaire", false, false},
                                                    {"fact_offer", false, false},
                                                    {"fact_referral", false, false},
                                                    {"fact_referral_state", false, false},
                                                    {"fact_clock", false, false},
                                                    {"visit", false, true},
                                                    {"contact_try", false, true},
                                                    {"contact", false, true},
                                                    {"questionnaire", false, true},
                                                    {"offer", false, true},
                                                    {"referral", false, true},
                                                    {"referral_status", false, true},
                                                    {"people_contact", true, false},
                                                    {"people_contact_now", true, true},
                                                    {"people_note", true, false},
                                                    {"home_note", true, true}}};

Result<std::int64_t> version_of(SqlConnection& sql) {
    std::int64_t version = 0;
    TRY_DO(sql.query("pragma user_version", {}, [&](const SqlRow& row) {
        version = row.integer(0);
        return false;
    }));
    return version;
}

// Empty for a database in memory.
Result<std::string> file_of(SqlConnection& sql) {
    std::string path;
    TRY_DO(sql.query("pragma database_list", {}, [&](const SqlRow& row) {
        if (row.text(1) == "main")
            path = row.text(2);
        return true;
    }));
    return path;
}

Result<void> copy_before(SqlConnection& sql, int version) {
    TRY(const auto file, file_of(sql));
    if (file.empty())
        return {};
    const auto copy = fmt::format("{}.before-version-{}", file, version);
    const auto vfs = vfs_of(sql);
    // Left by a try that was cut off: the store itself is still the old one.
    remove_file(copy, vfs);
    TRY_DO(sql.run("vacuum into :copy", {{"copy", copy}}));
    // As private as the store itself, whatever its folder allows; in memory there is no such file.
    std::error_code none;
    std::filesystem::permissions(
        copy, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, none);
    // SQLite does not sync what it writes so.
    TRY(const auto written, VfsFile::open(copy, vfs));
    return written->sync();
}

Result<void> apply(SqlConnection& sql, std::span<const SchemaStep> steps, std::int64_t from) {
    for (const auto& step : steps)
        if (step.version > from)
            TRY_DO(sql.script(step.sql));
    return sql.script(fmt::format("pragma application_id = {}; pragma user_version = {}",
                                  sqlite_application_id, steps.back().version));
}

Error newer_version(std::int64_t version, int newest) {
    return {Fault::newer_version,
            fmt::format("The store was written by a newer Doorstep (version {} of its tables; this program "
                        "knows {}). Nothing was changed.",
                        version, newest),
            "Install the newer Doorstep again."};
}

// PostgreSQL has no place for a version but a table.
constexpr std::string_view version_table =
    "create table if not exists schema_version(part text not null primary key, version integer not null)";

Result<std::int64_t> server_version(SqlConnection& sql) {
    std::int64_t version = 0;
    TRY_DO(sql.query("select version from schema_version where part = 'store'", {}, [&](const SqlRow& row) {
        version = row.integer(0);
        return false;
    }));
    return version;
}

Result<void> apply_on_server(SqlConnection& sql, std::span<const SchemaStep> history) {
    TRY_DO(lock_schema(sql));
    TRY(const auto version, server_version(sql));
    for (const auto& step : history)
        if (step.version > version)
            TRY_DO(sql.script(step.sql));
    TRY_DO(sql.run("insert into schema_version(part, version) values('store', :version) "
                   "on conflict(part) do update set version = excluded.version",
                   {{"version", std::int64_t{history.back().version}}}));
    return {};
}

Result<void> bring_server_up_to_date(SqlConnection& sql, std::span<const SchemaStep> history) {
    // Of two programs at once one may be told that the table came while it was made: then it is there.
    if (!sql.script(version_table).ok())
        TRY_DO(sql.script(version_table));
    TRY(const auto version, server_version(sql));
    if (version > history.back().version)
        return newer_version(version, history.back().version);
    if (version == history.back().version)
        return {};
    TRY_DO(sql.begin());
    auto applied = apply_on_server(sql, history);
    if (applied.ok())
        applied = sql.commit();
    if (!applied.ok())
        sql.rollback();
    return applied;
}

}  // namespace

std::span<const SchemaStep> schema_history() {
    return history_of_schemas;
}

std::span<const ReadModelTable> read_model_tables() {
    return tables;
}

Result<void> lock_schema(SqlConnection& sql) {
    return sql.engine() == SqlConnection::Engine::postgresql
               ? sql.script("lock table schema_version in exclusive mode")
               : Result<void>{};
}

Result<void> bring_up_to_date(SqlConnection& sql, std::span<const SchemaStep> history) {
    if (sql.engine() == SqlConnection::Engine::postgresql)
        return bring_server_up_to_date(sql, history);
    TRY(const auto version, version_of(sql));
    const auto newest = history.back().version;
    if (version == newest)
        return {};
    if (version >= sealed_file_version)
        return Error{Fault::refused, "This folder holds the sealed store of a tablet.",
                     "Choose another folder."};
    if (version > newest || version < 0)
        return newer_version(version, newest);
    if (version > 0)
        TRY_DO(copy_before(sql, newest));
    TRY_DO(sql.begin());
    auto applied = apply(sql, history, version);
    if (applied.ok())
        applied = sql.commit();
    if (!applied.ok())
        sql.rollback();
    return applied;
}

}  // namespace doorstep
