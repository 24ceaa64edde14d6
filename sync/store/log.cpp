#include "sync/store/log.h"

#include <algorithm>
#include <fmt/format.h>

#include "sync/store/fold.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

// A type's name stands in a text column: hostile ones are left to the body.
std::string type_column(const wire::OpenedOperation& opened) {
    if (!opened.operation)
        return "unreadable";
    const auto type = type_name(*opened.operation);
    const bool plain =
        !type.empty() && type.size() <= 64 && std::all_of(type.begin(), type.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    return plain ? std::string(type) : "unreadable";
}

}  // namespace

wire::OpenedOperation open_as(const Uuid& id, std::string json) {
    auto opened = wire::open_operation(std::move(json));
    if (opened.operation && opened.operation->id != id) {
        opened.problem = other_id;
        opened.operation.reset();
    }
    return opened;
}

std::string why_quarantined(const wire::OpenedOperation& opened) {
    if (!opened.problem.empty())
        return opened.problem;
    return opened.operation ? why_not_folded(*opened.operation) : "It cannot be read.";
}

Uuid id_of_unreadable(const Uuid& enrolment, const wire::OpenedOperation& opened) {
    const auto hash = Sha256::of(fmt::format("{} {} ", enrolment.text(), opened.sequence) + opened.json);
    return *Uuid::from_bytes(hash.raw().substr(0, 16));
}

namespace {

// The same fact: at most its place in a tablet's sequence differs, as after a new enrolment, which
// sends again what the one before may have brought.
bool is_same_fact(const std::string& kept, const wire::OpenedOperation& arrived) {
    if (kept == arrived.json)
        return true;
    auto other = wire::open_operation(kept);
    if (!other.problem.empty() || !arrived.problem.empty() || !other.operation || !arrived.operation)
        return false;
    other.operation->sequence = arrived.operation->sequence;
    return wire::encode(*other.operation) == wire::encode(*arrived.operation);
}

}  // namespace

Result<std::optional<WasKept>> find(SqlConnection& sql, const Incoming& arrival) {
    std::optional<WasKept> found;
    TRY_DO(
        sql.query("select body from operation_body where partnership = :partnership and operation_id = :id",
                  {{"partnership", home_partnership}, {"id", sql_value(arrival.id)}}, [&](const SqlRow& row) {
                      found = is_same_fact(row.blob(0), *arrival.opened) ? WasKept::known : WasKept::fork;
                      return false;
                  }));
    if (found || !arrival.enrolment || !arrival.sequence)
        return found;
    TRY_DO(sql.query("select 1 from operation where partnership = :partnership and enrolment = :enrolment "
                     "and tablet_seq = :sequence",
                     {{"partnership", home_partnership},
                      {"enrolment", sql_value(*arrival.enrolment)},
                      {"sequence", sql_value(*arrival.sequence)}},
                     [&](const SqlRow&) {
                         found = WasKept::fork;
                         return false;
                     }));
    return found;
}

Result<void> keep_fork(SqlConnection& sql, const Incoming& arrival) {
    TRY_DO(
        sql.run("insert into fork(partnership, operation_id, body_hash, enrolment, tablet_seq, body, reason) "
                "values(:partnership, :id, :hash, :enrolment, :sequence, :body, :reason) "
                "on conflict do nothing",
                {{"partnership", home_partnership},
                 {"id", sql_value(arrival.id)},
                 {"hash", sql_value(Sha256::of(arrival.opened->json))},
                 {"enrolment", sql_value(arrival.enrolment)},
                 {"sequence", sql_value(arrival.sequence)},
                 {"body", Blob{arrival.opened->json}},
                 {"reason", std::string(fork_reason)}}));
    return {};
}

Result<void> add(SqlConnection& sql, const Incoming& arrival) {
    const auto& opened = *arrival.opened;
    const auto reason = why_quarantined(opened);
    const Operation unread;
    const auto& header = opened.operation ? *opened.operation : unread;
    TRY_DO(sql.run(
        "insert into operation(partnership, operation_id, pull_seq, enrolment, tablet_seq, type, "
        "type_version, subject, at_ms, utc_offset_minutes, hybrid_clock, received_ms, status, reason) "
        "values(:partnership, :id, :pull_seq, :enrolment, :sequence, :type, :type_version, :subject, "
        ":at_ms, :offset, :clock, :received, :status, :reason)",
        {{"partnership", home_partnership},
         {"id", sql_value(arrival.id)},
         {"pull_seq", sql_value(arrival.pull_sequence)},
         {"enrolment", sql_value(arrival.enrolment)},
         {"sequence", sql_value(arrival.sequence)},
         {"type", type_column(opened)},
         {"type_version", std::int64_t{header.type_version}},
         {"subject", sql_value(header.subject)},
         {"at_ms", header.at_ms},
         {"offset", std::int64_t{header.utc_offset_minutes}},
         {"clock", sql_value(header.hybrid_clock)},
         {"received", arrival.received_ms},
         {"status", std::int64_t{!reason.empty()}},
         {"reason", reason}}));
    TRY_DO(sql.run(
        "insert into operation_body(partnership, operation_id, body) values(:partnership, :id, :body)",
        {{"partnership", home_partnership}, {"id", sql_value(arrival.id)}, {"body", Blob{opened.json}}}));
    return reason.empty() ? fold(sql, *opened.operation) : Result<void>{};
}

Result<WasKept> keep(SqlConnection& sql, const Incoming& arrival) {
    TRY(const auto found, find(sql, arrival));
    if (found == WasKept::fork)
        TRY_DO(keep_fork(sql, arrival));
    if (found)
        return *found;
    TRY_DO(add(sql, arrival));
    return WasKept::added;
}

}  // namespace doorstep
