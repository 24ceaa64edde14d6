// Backups of the endpoint on another disk, restores of them, and what somebody asked to forget.
#include <fmt/format.h>

#include "sync/endpoint/verify_store.h"
#include "sync/store/in_doubt.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "tests/simulation/must.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_tables.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

const std::string backed_up = "endpoint";
constexpr std::int64_t restored_after_ms = 2 * 60'000;

std::string counts_of(SqlConnection& sql, const Directory& directory) {
    const auto counts = count(sql, directory, {Day::of(1990, 1, 1), Day::of(2040, 1, 1)}, "simulated");
    return counts.ok() ? as_json(*counts) : std::string{};
}

std::vector<Uuid> waiting_at(SqlConnection& sql, const Uuid& home) {
    std::vector<Uuid> ids;
    static_cast<void>(read_ids(
        sql, ids,
        "select operation_id from operation where subject = :home and status = 1 and reason = :doubt",
        {{"home", sql_value(home)}, {"doubt", std::string(in_doubt_reason)}}));
    return ids;
}

}  // namespace

void SimEndpoint::back_up() {
    if (!endpoint_)
        return;
    if (late_)
        must(late_->settle(), backed_up);
    Backup backup;
    const auto written = [&]() -> Result<BackupSummary> {
        TRY(auto head, head_of(*sql_, world_.clock));
        head.keys = keys_;
        TRY(auto stream,
            SealedStreamWriter::begin(made_keys_.recovery.public_key, [&](std::string_view part) {
                backup.bytes += part;
                return Result<void>{};
            }));
        TRY(auto summary, write_backup(*sql_, head, stream));
        TRY(auto transaction, store().begin());
        for (const auto& [enrolment, acked] : summary.tablets)
            TRY_DO(cover(transaction.sql(), head.epoch, enrolment, acked));
        TRY_DO(transaction.commit());
        return summary;
    }();
    world_.trace(backed_up, fmt::format("{} backed up", written.ok() ? "is" : "could not be"));
    if (late_)
        must(late_->settle(), backed_up);
    if (!goes_on())
        return;
    if (!written.ok() && !is_troubled())
        world_.broken("I11 epoch: no backup can be written: " + written.error().text());
    if (!written.ok())
        return;
    backup.facts = held_facts(*sql_);
    backups_.push_back(std::move(backup));
}

Result<RowsOfBackup> SimEndpoint::rows_of(const Backup& backup, SqlConnection& sql, Random& random) {
    std::size_t at = 0;
    const auto source = [&](std::size_t size) -> Result<std::string> {
        auto part = backup.bytes.substr(at, size);
        at += part.size();
        return part;
    };
    TRY(auto stream, SealedStreamReader::open(made_keys_.recovery, source));
    const auto read = [&](SqlConnection* into) { return read_backup(stream, into); };
    return rows_from_backup(sql, world_.clock, random, read, {"operator", "simulated"});
}

Result<Endpoint> SimEndpoint::restored_from(std::size_t backup, SqlConnection& sql) {
    TRY_DO(rows_of(backups_[backup], sql, random_));
    TRY(auto endpoint, Endpoint::open(sql, directory_, world_.clock, random_,
                                      [] { return Result<PublicKey>(PublicKey{}); }));
    TRY_DO(endpoint.use_keys(copy_of(*endpoint_->keys())));
    if (world_.plan.mutant != Mutant::erase_not_reapplied) {
        TRY(const auto by, endpoint.forgetting(world_.erasures.list()));
        TRY_DO(reapply_erasures(by));
    }
    return endpoint;
}

// Onto a new machine; nobody is served before it is whole again.
void SimEndpoint::restore() {
    if (backups_.empty())
        return;
    // What was acknowledged and covered weeks ago is on no tablet any more: then only the newest serves.
    const bool weeks = world_.plan.faults.count(Fault::weeks) != 0;
    const auto which = weeks ? backups_.size() - 1 : static_cast<std::size_t>(random_.below(backups_.size()));
    world_.trace(backed_up, fmt::format("is restored from backup {}", which + 1));
    restored_ = true;
    ++life_;
    const auto life = life_;
    close();
    cut_everybody();
    const bool full = disk_.is_full();
    disk_.put_back({});
    {
        auto sql = must(open_sqlite(store_name, disk_.options()), backed_up);
        const auto rows = rows_of(backups_[which], *sql, random_);
        if (!rows.ok())
            return world_.broken("I11 epoch: a backup cannot be restored: " + rows.error().text());
        after_restore_with(world_.plan.mutant, *sql);
    }
    // What was born here after the backup is lost with it: no tablet has to bring it again.  What was
    // forgotten on its tablet is on no tablet either.
    for (auto& [id, fact] : world_.model.facts)
        if (backups_[which].facts.count(id) == 0 &&
            (fact.tablet.empty() || fact.forgotten || may_be_either(world_, fact)))
            fact.may_be_lost = true;
    world_.model.seen_states.erase(backed_up);
    backups_.resize(which + 1);
    if (full)
        set_full_disk(true);
    world_.after(restored_after_ms + static_cast<std::int64_t>(random_.below(10 * restored_after_ms)),
                 [this, life] {
                     if (life != life_)
                         return;
                     open();
                     if (!endpoint_ || is_troubled())
                         return;
                     const auto verdict = verify_store(*endpoint_);
                     if (goes_on() && verdict.ok() && !verdict->ok() && !is_troubled())
                         world_.broken("I11 epoch: what was restored is not whole: " + verdict->text());
                 });
}

// What `serve` does every hour, for an order that its disk refused.
void SimEndpoint::go_on_forgetting() {
    if (!endpoint_ || late_ || world_.erasures.empty() || world_.plan.mutant == Mutant::erase_not_reapplied)
        return;
    const auto by = endpoint_->forgetting(world_.erasures.list());
    const auto applied = by.ok() ? reapply_erasures(*by) : Result<std::int64_t>(by.error());
    if (applied.ok() && *applied > 0)
        world_.trace(backed_up,
                     fmt::format("carries out {} orders to forget that a fault stopped", *applied));
    if (goes_on() && !applied.ok() && !is_troubled())
        world_.broken("I12 erasure: what stands on the list cannot be forgotten: " + applied.error().text());
    learn_facts();
    world_.erasures.learn();
}

void SimEndpoint::erase_home() {
    if (!endpoint_ || late_ || is_troubled())
        return;
    std::vector<Uuid> homes;
    static_cast<void>(read_ids(*sql_, homes,
                               "select distinct household from fact_contact where household in (select "
                               "subject from operation) order by household"));
    if (homes.empty())
        return;
    const auto home = homes[static_cast<std::size_t>(random_.below(homes.size()))];
    const auto counted = counts_of(*sql_, directory_);
    // What waited for a person is decided by the order, and counts from then on.
    const auto waited = waiting_at(*sql_, home);
    world_.model.doubted.insert(waited.begin(), waited.end());
    if (forget(home) && !is_troubled() && waited.empty() && counts_of(*sql_, directory_) != counted)
        world_.broken("I12 erasure: a past period counts otherwise since a home was forgotten");
}

bool SimEndpoint::forget(const Uuid& home) {
    for (const char* query : sealed_at_centre)
        world_.erasures.note_sealed("the endpoint", *sql_, query);
    for (const auto& tablet : world_.tablets())
        tablet->note_sealed();
    const BodiesBefore before(world_.plan.mutant, *sql_);
    const auto done = [&]() -> Result<Forgotten> {
        TRY(const auto by, endpoint_->forgetting(world_.erasures.list()));
        return erase_subject(by, home);
    }();
    before.put_back(*sql_);
    world_.trace(backed_up, done.ok() ? fmt::format("forgets {} facts of a home", done->facts)
                                      : "forgets nothing: " + done.error().what);
    world_.erasures.learn();
    if (!goes_on())
        return false;
    if (!done.ok() && done.error().fault != doorstep::Fault::not_found && !is_troubled())
        world_.broken("I12 erasure: a home cannot be forgotten: " + done.error().text());
    learn_facts();
    world_.erasures.learn();
    return done.ok();
}

bool SimEndpoint::forget_doubtful() {
    const auto doubtful = ever_in_doubt(world_);
    std::set<Uuid> homes;
    for (const auto& id : doubtful) {
        const auto& fact = world_.model.facts.at(id);
        const auto read = must(wire::decode(fact.bytes), "a fact of the model");
        homes.insert(read.subject);
        if (!fact.wrong_clock && !had_its_clock_set(world_, fact))
            world_.broken(fmt::format("I14 skew: {} is in doubt, and its clock was right", id.text()));
        world_.model.doubted.insert(id);
    }
    // Where a person has decided already nothing waits.
    std::erase_if(homes, [&](const Uuid& home) { return waiting_at(*sql_, home).empty(); });
    for (const auto& home : homes)
        if (!forget(home) || !waiting_at(*sql_, home).empty())
            world_.broken("I12 erasure: what is in doubt cannot be forgotten");
    return !homes.empty();
}

}  // namespace doorstep::simulation
