#include "sync/endpoint/verify_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "forms/base/counted.h"
#include "sync/endpoint/audit.h"
#include "sync/endpoint/media.h"
#include "sync/store/patches.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::size_t faults_told_max = 20;

void tell(StoreVerdict& verdict, std::string fault) {
    if (verdict.faults.size() < faults_told_max)
        verdict.faults.push_back(std::move(fault));
}

Result<void> check_pages(SqlConnection& sql, StoreVerdict& verdict) {
    if (sql.engine() != SqlConnection::Engine::sqlite)
        return {};  // PostgreSQL checks its own pages
    return sql.query("pragma integrity_check(3)", {}, [&](const SqlRow& row) {
        if (row.text(0) != "ok")
            tell(verdict, "The database file is damaged: " + row.text(0));
        return true;
    });
}

Result<void> check_feed(SqlConnection& sql, StoreVerdict& verdict) {
    std::uint64_t last = 0;
    TRY_DO(sql.query("select seq from partnership_clock where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         last = unsigned_column(row, 0);
                         return false;
                     }));
    TRY_DO(
        sql.query("select count(*), count(pull_seq), coalesce(min(pull_seq), 1), coalesce(max(pull_seq), 0) "
                  "from operation where partnership = :partnership",
                  {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                      verdict.operations = unsigned_column(row, 0);
                      const bool dense = row.integer(1) == row.integer(0) && row.integer(2) == 1 &&
                                         row.integer(3) == row.integer(0);
                      if (!dense || unsigned_column(row, 3) != last)
                          tell(verdict, fmt::format("The feed should have {} facts at as many places, and "
                                                    "has {}.",
                                                    last, row.integer(0)));
                      return false;
                  }));
    return sql.query(
        "select count(*) from operation o where o.partnership = :partnership and not exists "
        "(select 1 from operation_body b where b.partnership = o.partnership and b.operation_id = "
        "o.operation_id)",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            if (row.integer(0) != 0)
                tell(verdict,
                     fmt::format("{} no body.", counted(unsigned_column(row, 0), "fact has", "facts have")));
            return false;
        });
}

// What tablets are told of their patches, against the facts themselves.
Result<void> check_patches(SqlConnection& sql, StoreVerdict& verdict) {
    std::uint64_t newest = 0;
    TRY_DO(sql.query("select seq from partnership_clock where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         newest = unsigned_column(row, 0);
                         return false;
                     }));
    TRY(auto kept, patch_totals(sql, newest));
    TRY(const auto counted, counted_patches(sql));
    std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.patch < b.patch; });
    if (kept != counted)
        tell(verdict, "What is kept of how many facts each area has is not what there is.");
    return {};
}

struct Place {
    Sequence last = 0;
    Sha256 chain;
};

// From the first envelope to where the endpoint acknowledged.
Result<Place> walk_chain(SqlConnection& sql, const Uuid& enrolment, const std::string& tablet,
                         StoreVerdict& verdict) {
    Place place;
    TRY_DO(sql.query(
        "select envelope_id, first_seq, last_seq, body, chain from envelope where partnership = :partnership "
        "and enrolment = :enrolment order by first_seq",
        {{"partnership", home_partnership}, {"enrolment", sql_value(enrolment)}}, [&](const SqlRow& row) {
            ++verdict.envelopes;
            const auto first = unsigned_column(row, 1);
            const auto last = unsigned_column(row, 2);
            if (first != place.last + 1)
                tell(verdict,
                     fmt::format("Of {} the facts {} to {} are missing.", tablet, place.last + 1, first - 1));
            const auto kept = sha256_column(row, 4);
            // What was erased left its place in the chain alone.
            const auto body = row.blob(3);
            if (!body.empty() &&
                wire::chain(place.chain,
                            {row.uuid(0), first, static_cast<std::uint32_t>(last - first + 1), body}) != kept)
                tell(verdict, fmt::format("The chain of {} does not hold at {}.", tablet, first));
            place = {last, kept};
            return true;
        }));
    return place;
}

Result<void> check_tablets(SqlConnection& sql, StoreVerdict& verdict) {
    struct Tablet {
        Uuid enrolment;
        std::string name;
        Place place;
    };
    std::vector<Tablet> tablets;
    TRY_DO(sql.query(
        "select enrolment, tablet, acked_seq, chain from tablet where partnership = :partnership",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            tablets.push_back({row.uuid(0), row.text(1), {unsigned_column(row, 2), sha256_column(row, 3)}});
            return true;
        }));
    verdict.tablets = tablets.size();
    for (const auto& tablet : tablets) {
        TRY(const auto place, walk_chain(sql, tablet.enrolment, tablet.name, verdict));
        if (place.last != tablet.place.last || place.chain != tablet.place.chain)
            tell(verdict, fmt::format("{} was told that {} stands here, and {} does.", tablet.name,
                                      tablet.place.last, place.last));
    }
    return {};
}

Result<void> check_fold(Store& store, StoreVerdict& verdict) {
    TRY(const auto before, store.dump_read_model());
    TRY_DO(store.rebuild());
    TRY(const auto after, store.dump_read_model());
    if (before != after)
        tell(verdict, "The counts are not what the facts give: they were folded anew here.");
    return {};
}

}  // namespace

std::string StoreVerdict::text() const {
    std::string text;
    for (const auto& fault : faults)
        text += fault + "\n";
    const auto also = pictures == 0 ? std::string{} : ", " + counted(pictures, "picture", "pictures");
    return text + fmt::format("{}, {} of {}, {} of the audit{}: {}.\n", counted(operations, "fact", "facts"),
                              counted(envelopes, "envelope", "envelopes"),
                              counted(tablets, "tablet", "tablets"),
                              counted(audit_entries, "entry", "entries"), also, ok() ? "whole" : "NOT WHOLE");
}

Result<StoreVerdict> verify_store(Endpoint& endpoint) {
    auto& sql = endpoint.store().sql();
    StoreVerdict verdict;
    TRY_DO(check_pages(sql, verdict));
    TRY_DO(check_feed(sql, verdict));
    TRY_DO(check_patches(sql, verdict));
    TRY_DO(check_tablets(sql, verdict));
    TRY(const auto audit, check_audit(sql));
    verdict.audit_entries = audit.entries;
    for (const auto& fault : audit.faults)
        tell(verdict, fault);
    TRY(verdict.pictures, check_media(sql, [&](std::string fault) { tell(verdict, std::move(fault)); }));
    TRY_DO(check_fold(endpoint.store(), verdict));
    return verdict;
}

}  // namespace doorstep
