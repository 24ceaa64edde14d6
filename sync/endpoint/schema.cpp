#include "sync/endpoint/schema.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "sync/endpoint/audit.h"
#include "sync/store/patches.h"
#include "sync/store/schema.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// A version that stands in endpoints is never changed: the next one mends it.
constexpr std::array<std::string_view, 13> steps = {R"sql(
create table endpoint_state(partnership integer not null primary key, schema_version integer not null,
  safeguarding_key blob not null);
create table tablet(partnership integer not null, enrolment blob not null, tablet text not null,
  token_hash blob not null, acked_seq bigint not null, chain blob not null, unsent bigint not null,
  enrolled_ms bigint not null, last_seen_ms bigint not null, primary key(partnership, enrolment));
create unique index tablet_token on tablet(partnership, token_hash);
-- One row per referral, whatever is resent: what leaves, leaves from here.
create table outbox(partnership integer not null, referral blob not null, agency text not null,
  operation_id blob not null, state text not null, raised_ms bigint not null,
  primary key(partnership, referral));
create index outbox_agency on outbox(partnership, agency, state);
-- The second branch of a tablet whose storage was copied or set back, as it came.
create table forked_envelope(partnership integer not null, enrolment blob not null, first_seq bigint not null,
  last_seq bigint not null, envelope_id blob not null, chain_before blob not null, chain blob not null,
  body blob not null, received_ms bigint not null, primary key(partnership, enrolment, first_seq, chain));
)sql",
                                                    R"sql(
-- The public half of what tablets seal to; empty before one was given any.
alter table endpoint_state add column sealing_key blob not null default x'';
)sql",
                                                    R"sql(
-- A key for each subject (a household, a person, a visit), wrapped by one outside the database.
create table subject_key(partnership integer not null, subject blob not null, wrapped blob not null,
  primary key(partnership, subject));
-- Whether every body that came before there were keys is sealed by now.
create table bodies_sealed(partnership integer not null primary key, through blob not null, complete integer not null);
-- What was forgotten: an order for each home, and the facts of which bare rows are left.  Facts about that
-- home which were recorded before the order and arrive after it are forgotten as they come.
create table erasure(partnership integer not null, erasure blob not null, subject blob not null, cause text not null,
  hybrid_clock bigint not null, at_ms bigint not null, place bigint not null, primary key(partnership, erasure));
create index erasure_place on erasure(partnership, place);
create index erasure_subject on erasure(partnership, subject, cause);
create table erased_operation(partnership integer not null, operation_id blob not null, erasure blob not null,
  erased_ms bigint not null, primary key(partnership, operation_id));
create index erased_operation_by on erased_operation(partnership, erasure);
create table erasure_confirmed(partnership integer not null, erasure blob not null, enrolment blob not null,
  operations bigint not null, at_ms bigint not null, primary key(partnership, erasure, enrolment));
-- Concerns for the safeguarding leads: what is sealed opens with their key only.  For which agencies it
-- may be is no column `agency`: that would be for their eyes (row_security.h).
create table concern(partnership integer not null, concern blob not null, suggested text not null,
  urgency text not null, state text not null, received_ms bigint not null, acknowledged_ms bigint not null,
  released_ms bigint not null, sealed blob not null, primary key(partnership, concern));
create index concern_state on concern(partnership, state, received_ms);
-- Who proves with a passphrase who they are: safeguarding leads, whoever confirms an export.
create table passphrase_holder(partnership integer not null, kind text not null, name text not null,
  holder blob not null, passes bigint not null, memory_kib bigint not null, salt blob not null,
  wrapped blob not null, tries integer not null, primary key(partnership, kind, name));
)sql",
                                                    R"sql(
-- What happens to a row of the outbox (sync/agencies/outbox.h).
alter table outbox add column arrived_ms bigint not null default 0;
alter table outbox add column changed_ms bigint not null default 0;
alter table outbox add column lease_until bigint not null default 0;
alter table outbox add column lease blob;
alter table outbox add column attempt integer not null default 0;
alter table outbox add column not_before bigint not null default 0;
alter table outbox add column their_id blob;
alter table outbox add column problem text not null default '';
alter table outbox add column linked_to blob;
alter table outbox add column withdrawal text not null default '';
alter table outbox add column checked_ms bigint not null default 0;
-- Every try before it is made, and what came of it; rows are only ever added.
create table send_journal(partnership integer not null, referral blob not null, attempt integer not null,
  step text not null, agency text not null, at_ms bigint not null, outcome text not null,
  primary key(partnership, referral, attempt, step));
create table agency_line(partnership integer not null, agency text not null, adapter text not null,
  url text not null, folder blob not null, signing text not null, secret blob not null, ask integer not null,
  paused integer not null, alarm_hours integer not null, urgent_alarm_hours integer not null,
  changed_ms bigint not null, reconciled_ms bigint not null default 0, not_before bigint not null default 0,
  primary key(partnership, agency));
create table agency_inbox(partnership integer not null, agency text not null, referral blob not null,
  put_ms bigint not null, opened_ms bigint not null default 0, opened_by blob,
  withdrawn_ms bigint not null default 0, primary key(partnership, agency, referral));
-- A file of answers is taken in once; the errors are in our own words.
create table agency_answer_file(partnership integer not null, agency text not null, hash blob not null,
  taken_ms bigint not null, errors blob not null, primary key(partnership, agency, hash));
-- What we say was handed over and the agency says it does not hold.
create table agency_difference(partnership integer not null, agency text not null, referral blob not null,
  found_ms bigint not null, primary key(partnership, agency, referral));
create table agency_alarm(partnership integer not null, kind text not null, agency text not null,
  referral blob not null, told_ms bigint not null, primary key(partnership, kind, agency, referral));
-- Each time the centre was set back: what was raised before may have left already.
create table outbox_restored(partnership integer not null, restored_ms bigint not null,
  journal_whole integer not null, primary key(partnership, restored_ms));
create table agreement_signature(partnership integer not null, referral blob not null,
  at_ms bigint not null, primary key(partnership, referral));
)sql",
                                                    R"sql(
-- Who did what (audit.h), and the end of that chain.
create table audit_entry(partnership integer not null, number bigint not null, at_ms bigint not null,
  who text not null, what text not null, about text not null, reason text not null, hash blob not null,
  primary key(partnership, number));
create table audit_head(partnership integer not null primary key, number bigint not null, hash blob not null);
-- Every epoch but the first (epochs.h).
create table endpoint_epoch(partnership integer not null, number integer not null, epoch blob not null,
  parent_epoch blob not null, parent_cut bigint not null, audit_cut bigint not null, began_ms bigint not null,
  primary key(partnership, number));
-- Up to where a backup off site holds what a tablet sent; and up to where what it pushes may have reached
-- its agency before a restore: -1 until its next push tells.
alter table tablet add column durable_seq bigint not null default 0;
alter table tablet add column suspect_seq bigint not null default 0;
-- Backups of which nobody has said yet that they are off site, and what each tablet had sent by then.
create table backup_made(partnership integer not null, backup text not null, epoch blob not null,
  made_ms bigint not null, covers blob not null, primary key(partnership, backup));
)sql",
                                                    R"sql(
-- Requests are signed: what is kept of a tablet's secret is its public half.  One that was enrolled
-- with a token has none, and is enrolled again.
drop index tablet_token;
alter table tablet drop column token_hash;
alter table tablet add column verify_key blob;
alter table tablet add column request_number bigint not null default 0;
alter table tablet add column unlocked_ms bigint not null default 0;
alter table tablet add column revoked_ms bigint not null default 0;
alter table tablet add column order_counter bigint not null default 0;
alter table tablet add column order_mode text not null default '';
)sql",
                                                    R"sql(
-- How far a tablet's clock was off when it asked last, and when it was off last (clock_skew.h).
alter table tablet add column clock_off_ms bigint not null default 0;
alter table tablet add column clock_suspect_ms bigint not null default 0;
-- Officers whose sign-ins end on every tablet (officers.h).
create table officer_left(partnership integer not null, officer text not null, left_ms bigint not null,
  primary key(partnership, officer));
)sql",
                                                    R"sql(
-- Reference data for the tablets (parcels.h): what is in force, compressed as it travels, and what is new in
-- it against the version before.
create table parcel(partnership integer not null, kind text not null, name text not null,
  number bigint not null, version blob not null, size bigint not null, valid_from integer,
  published_ms bigint not null, signature blob not null, whole blob not null, bytes bigint not null,
  base blob not null, delta blob not null, delta_bytes bigint not null,
  primary key(partnership, kind, name));
create index parcel_version on parcel(partnership, version);
create table parcel_clock(partnership integer not null primary key, number bigint not null);
-- Areas of which a tablet is given the addresses; a tablet without any is given all.
create table address_patch(partnership integer not null, tablet text not null, area text not null,
  primary key(partnership, tablet, area));
)sql",
                                                    R"sql(
-- Tablets that may ask to be let in (invitations.h): of a code a keyed hash, and the key of the tablet that named it.
create table invitation(partnership integer not null, tablet text not null, selector text not null,
  code_hash blob not null, state text not null, wrong_tries integer not null, made_ms bigint not null,
  until_ms bigint not null, asked_ms bigint not null, verify_key blob not null, authority_pins blob not null,
  enrolment blob not null, primary key(partnership, tablet));
create index invitation_selector on invitation(partnership, selector);
-- Wrong codes of the last hour, of each address (hashed) in twenty places.
create table enrolment_try(partnership integer not null, address blob not null, place integer not null,
  at_ms bigint not null, primary key(partnership, address, place));
)sql",
                                                    R"sql(
-- Signatures and photos (media.h): what facts named, by the hash of the sealed bytes; done_ms 0: not whole yet.
create table media(partnership integer not null, sha256 blob not null, length bigint not null,
  pieces integer not null, done_ms bigint not null, primary key(partnership, sha256));
create table media_named(partnership integer not null, operation_id blob not null, sha256 blob not null,
  enrolment blob not null, contact blob not null, kind text not null, required_for text not null,
  named_ms bigint not null, primary key(partnership, operation_id, sha256, enrolment));
create index media_named_sha256 on media_named(partnership, sha256, enrolment);
create table media_piece(partnership integer not null, sha256 blob not null, number integer not null,
  sealed blob not null, primary key(partnership, sha256, number));
-- How much came from a tablet on a day.
create table media_taken(partnership integer not null, enrolment blob not null, day bigint not null,
  bytes bigint not null, primary key(partnership, enrolment, day));
)sql",
                                                    R"sql(
-- By which way and to which place a referral was handed over last (way_of in sync/agencies); and no time
-- of a tablet is later than its fact arrived.
alter table outbox add column way text not null default '';
alter table send_journal add column way text not null default '';
update outbox set raised_ms = arrived_ms where raised_ms > arrived_ms and arrived_ms > 0;
create index outbox_linked on outbox(partnership, linked_to) where linked_to is not null;
)sql",
                                                    R"sql(
-- What comes off the place where its tablet stands (branches.h): behind a hole, or another history.
create table branch(partnership integer not null, enrolment blob not null, of_enrolment blob not null,
  kind text not null, first_seq bigint not null, last_seq bigint not null, chain blob not null,
  since_ms bigint not null, primary key(partnership, enrolment));
create index operation_set_aside on operation(partnership, status, received_ms) where status = 1;
create index branch_of_enrolment on branch(partnership, of_enrolment, last_seq);
-- How much that cannot be read, or branches off, came from a tablet on a day.
create table aside_taken(partnership integer not null, enrolment blob not null, day bigint not null,
  bytes bigint not null, primary key(partnership, enrolment, day));
)sql",
                                                    R"sql(
-- The feed of a patch (sync/store/patches.h); facts from before are given theirs by fill_in_patches().
create index operation_patch on operation(partnership, patch, pull_seq);
)sql"};

Result<std::int64_t> version_of(SqlConnection& sql) {
    std::int64_t version = 0;
    TRY_DO(sql.query("select schema_version from endpoint_state where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         version = row.integer(0);
                         return false;
                     }));
    return version;
}

}  // namespace

Result<std::int64_t> endpoint_schema_version(SqlConnection& sql) {
    return version_of(sql);
}

Result<void> keep_endpoint_schema_version(SqlConnection& sql, std::int64_t version) {
    TRY_DO(sql.run("update endpoint_state set schema_version = :version where partnership = :partnership",
                   {{"version", version}, {"partnership", home_partnership}}));
    return {};
}

Result<bool> holds_endpoint(SqlConnection& sql) {
    bool found = false;
    const bool postgresql = sql.engine() == SqlConnection::Engine::postgresql;
    TRY_DO(sql.query(
        postgresql ? "select 1 from information_schema.tables where table_schema = current_schema() and "
                     "table_name = 'endpoint_state'"
                   : "select 1 from sqlite_master where type = 'table' and name = 'endpoint_state'",
        {}, [&](const SqlRow&) {
            found = true;
            return false;
        }));
    return found;
}

Result<void> bring_endpoint_up_to_date(SqlConnection& sql) {
    constexpr auto newest = static_cast<std::int64_t>(steps.size());
    TRY_DO(lock_schema(sql));
    TRY(const bool there, holds_endpoint(sql));
    TRY(const std::int64_t version, there ? version_of(sql) : Result<std::int64_t>(0));
    if (version > newest)
        return Error{
            Fault::newer_version,
            fmt::format("The endpoint's tables were written by a newer Doorstep (version {}; this program "
                        "knows {}). Nothing was changed.",
                        version, newest),
            "Install the newer Doorstep again."};
    if (version == newest)
        return {};  // nothing is written, so that a full disk does not stop a start
    for (std::int64_t next = version; next < newest; ++next)
        TRY_DO(sql.script(steps[static_cast<std::size_t>(next)]));
    TRY_DO(fill_in_patches(sql));
    TRY_DO(sql.script(audit_guard(sql.engine())));
    TRY_DO(sql.run("insert into endpoint_state(partnership, schema_version, safeguarding_key) "
                   "values(:partnership, :version, :none) "
                   "on conflict(partnership) do update set schema_version = excluded.schema_version",
                   {{"partnership", home_partnership}, {"version", newest}, {"none", Blob{}}}));
    return {};
}

}  // namespace doorstep
