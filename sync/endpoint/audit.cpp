#include "sync/endpoint/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "forms/base/packing.h"
#include "sync/endpoint/epochs.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::size_t faults_told_max = 20;

Sha256 chained(const Sha256& before, const NotedEntry& noted) {
    Packer packed;
    packed(noted.number, noted.at_ms, noted.entry.who, noted.entry.what, noted.entry.about,
           noted.entry.reason);
    return Sha256::of(std::string(before.raw()) + packed.bytes());
}

// Taken with its row locked, so that two who write at once write one after the other.
Result<AuditPlace> next_place(SqlConnection& sql) {
    TRY_DO(sql.run("insert into audit_head(partnership, number, hash) values(:partnership, 0, :zero) "
                   "on conflict do nothing",
                   {{"partnership", home_partnership}, {"zero", sql_value(Sha256{})}}));
    TRY_DO(sql.run("update audit_head set number = number + 1 where partnership = :partnership",
                   {{"partnership", home_partnership}}));
    return audit_place(sql);
}

Result<void> insert_entry(SqlConnection& sql, const NotedEntry& noted) {
    TRY_DO(sql.run("insert into audit_entry(partnership, number, at_ms, who, what, about, reason, hash) "
                   "values(:partnership, :number, :at, :who, :what, :about, :reason, :hash)",
                   {{"partnership", home_partnership},
                    {"number", sql_value(noted.number)},
                    {"at", noted.at_ms},
                    {"who", noted.entry.who},
                    {"what", noted.entry.what},
                    {"about", noted.entry.about},
                    {"reason", noted.entry.reason},
                    {"hash", sql_value(noted.hash)}}));
    TRY_DO(sql.run("update audit_head set hash = :hash where partnership = :partnership",
                   {{"hash", sql_value(noted.hash)}, {"partnership", home_partnership}}));
    return {};
}

void tell(AuditVerdict& verdict, std::string fault) {
    if (verdict.faults.size() < faults_told_max)
        verdict.faults.push_back(std::move(fault));
}

// The hashes of the chain as it stands, by number; what is wrong in itself is told.
Result<std::vector<Sha256>> walk(SqlConnection& sql, AuditVerdict& verdict) {
    std::vector<Sha256> hashes{Sha256{}};
    TRY_DO(read_audit(sql, 0, [&](const NotedEntry& noted) {
        ++verdict.entries;
        if (noted.number != hashes.size())
            tell(verdict, fmt::format("Entry {} stands where entry {} should.", noted.number, hashes.size()));
        if (chained(hashes.back(), noted) != noted.hash)
            tell(verdict,
                 fmt::format("Entry {} is not what it was, or what stood before it is not.", noted.number));
        hashes.push_back(noted.hash);
        return true;
    }));
    TRY(const auto place, audit_place(sql));
    if (place.number + 1 != hashes.size() || place.hash != hashes.back())
        tell(verdict, fmt::format("The chain should end with entry {}, and ends otherwise.", place.number));
    return hashes;
}

// How many entries this endpoint has in common with itself in an epoch: all of them in this one,
// and in an earlier one those that every restore since then brought along.
Result<std::map<Uuid, std::uint64_t>> common_entries(SqlConnection& sql) {
    TRY(const auto lineage, read_lineage(sql));
    std::uint64_t common = std::numeric_limits<std::uint64_t>::max();
    std::map<Uuid, std::uint64_t> by_epoch{{lineage.epoch, common}};
    for (const auto& step : lineage.steps) {
        common = std::min(common, step.audit_cut);
        by_epoch.emplace(step.parent, common);
    }
    return by_epoch;
}

void check_head(const wire::AuditHead& head, const std::vector<Sha256>& hashes,
                const std::map<Uuid, std::uint64_t>& common, AuditVerdict& verdict) {
    const auto known = common.find(head.epoch);
    if (known == common.end())
        return tell(verdict, fmt::format("A tablet keeps the head {} of an epoch that this endpoint does not "
                                         "come from.",
                                         head.number));
    if (head.number > known->second) {
        ++verdict.heads_lost;
        return;
    }
    if (head.number >= hashes.size())
        return tell(verdict, fmt::format("A tablet keeps the head {}, and the audit ends with entry {}: "
                                         "entries were cut off.",
                                         head.number, hashes.size() - 1));
    if (hashes[static_cast<std::size_t>(head.number)] != head.hash)
        return tell(verdict,
                    fmt::format("A tablet keeps another head {}: the audit was written anew.", head.number));
    ++verdict.heads_matched;
}

constexpr std::string_view sqlite_guard = R"sql(
create trigger if not exists audit_entry_unchanged before update on audit_entry
  begin select raise(abort, 'The audit can only be added to.'); end;
create trigger if not exists audit_entry_once before insert on audit_entry
  when exists (select 1 from audit_entry e where e.partnership = new.partnership and e.number = new.number)
  begin select raise(abort, 'The audit can only be added to.'); end;
create trigger if not exists audit_entry_undeleted before delete on audit_entry
  begin select raise(abort, 'The audit can only be added to.'); end;
)sql";
constexpr std::string_view postgresql_guard = R"sql(
create or replace function audit_can_only_be_added_to() returns trigger language plpgsql as
  $$ begin raise exception 'The audit can only be added to.'; end $$;
drop trigger if exists audit_entry_kept on audit_entry;
create trigger audit_entry_kept before update or delete or truncate on audit_entry
  for each statement execute function audit_can_only_be_added_to();
)sql";

}  // namespace

std::string_view audit_guard(SqlConnection::Engine engine) {
    return engine == SqlConnection::Engine::sqlite ? sqlite_guard : postgresql_guard;
}

Result<void> note_in_audit(SqlConnection& sql, const Clock& clock, const AuditEntry& entry) {
    TRY(const auto place, next_place(sql));
    NotedEntry noted{place.number, clock.now_ms(), entry, {}};
    noted.hash = chained(place.hash, noted);
    return insert_entry(sql, noted);
}

Result<AuditPlace> audit_place(SqlConnection& sql) {
    AuditPlace place;
    TRY_DO(sql.query("select number, hash from audit_head where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         place = {unsigned_column(row, 0), sha256_column(row, 1)};
                         return false;
                     }));
    return place;
}

Result<void> read_audit(SqlConnection& sql, std::uint64_t from,
                        const std::function<bool(const NotedEntry&)>& each) {
    return sql.query("select number, at_ms, who, what, about, reason, hash from audit_entry where "
                     "partnership = :partnership and number >= :from order by number",
                     {{"partnership", home_partnership}, {"from", sql_value(from)}}, [&](const SqlRow& row) {
                         return each({unsigned_column(row, 0),
                                      row.integer(1),
                                      {row.text(2), row.text(3), row.text(4), row.text(5)},
                                      sha256_column(row, 6)});
                     });
}

Result<wire::AuditHead> signed_audit_head(SqlConnection& sql, const SigningPair& key) {
    TRY(const auto place, audit_place(sql));
    TRY(const auto epoch, current_epoch(sql));
    wire::AuditHead head{epoch, place.number, place.hash, {}};
    head.signature = sign(key, wire::audit_head_purpose, head.content());
    return head;
}

Result<AuditVerdict> check_audit(SqlConnection& sql, std::span<const wire::AuditHead> heads,
                                 const VerifyKey& key) {
    AuditVerdict verdict;
    TRY(const auto hashes, walk(sql, verdict));
    TRY(const auto common, common_entries(sql));
    for (const auto& head : heads)
        if (verify(key, wire::audit_head_purpose, head.content(), head.signature))
            check_head(head, hashes, common, verdict);
        else
            tell(verdict, fmt::format("The head {} was not signed by this endpoint.", head.number));
    return verdict;
}

}  // namespace doorstep
