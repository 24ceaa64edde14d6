#include "sync/store/log.h"

#include <algorithm>
#include <fmt/format.h>

#include "sync/operation/bare.h"
#include "sync/store/erase.h"
#include "sync/store/fold.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

// Hostile names are left to the body.
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

bool is_bare_form(const Operation& one, const Operation& other) {
    auto left = bare(other, one.subject);
    if (!left)
        return false;
    left->sequence = one.sequence;
    return *left == one;
}

Uuid id_of_unreadable(const Uuid& enrolment, const wire::OpenedOperation& opened) {
    const auto hash = Sha256::of(fmt::format("{} {} ", enrolment.text(), opened.sequence) + opened.json);
    return *Uuid::from_bytes(hash.raw().substr(0, 16));
}

namespace {

// The same fact: at most its place in a tablet's sequence differs, as after a new enrolment, which
// sends again what the one before may have brought.
// What is sealed to the safeguarding leads, and the keys of pictures, stay at the endpoint: a page comes
// without them.
void without_restricted(Operation& one, Operation& other) {
    auto* finished = std::get_if<QuestionnaireFinished>(&one.payload);
    auto* again = std::get_if<QuestionnaireFinished>(&other.payload);
    if (finished && again && (finished->restricted.empty() || again->restricted.empty())) {
        finished->restricted.clear();
        again->restricted.clear();
    }
    if (finished && again && (finished->media.empty() || again->media.empty())) {
        finished->media.clear();
        again->media.clear();
    }
}

bool is_same_fact(const std::string& kept, const wire::OpenedOperation& arrived) {
    if (kept == arrived.json)
        return true;
    auto other = wire::open_operation(kept);
    if (!other.problem.empty() || !arrived.problem.empty() || !other.operation || !arrived.operation)
        return false;
    auto here = *arrived.operation;
    other.operation->sequence = here.sequence;
    without_restricted(here, *other.operation);
    return wire::encode(*other.operation) == wire::encode(here) || is_bare_form(*other.operation, here) ||
           is_bare_form(here, *other.operation);
}

}  // namespace

Result<std::optional<std::string>> body_under(SqlConnection& sql, const Keeping& how, const Uuid& id) {
    std::optional<std::string> body;
    TRY_DO(
        sql.query("select body from operation_body where partnership = :partnership and operation_id = :id",
                  {{"partnership", home_partnership}, {"id", sql_value(id)}}, [&](const SqlRow& row) {
                      body = row.blob(0);
                      return false;
                  }));
    if (body && how.keys) {
        TRY(body, how.keys->open(id, std::move(*body)));
    }
    return body;
}

namespace {

Result<std::string> as_it_is_kept(const Keeping& how, const Uuid& id, const wire::OpenedOperation& opened) {
    if (!how.keys)
        return opened.json;
    return how.keys->seal(opened.operation ? opened.operation->subject : Uuid{}, id, opened.json);
}

}  // namespace

Result<std::optional<WasKept>> find(SqlConnection& sql, const Incoming& arrival) {
    std::optional<WasKept> found;
    const auto body = body_under(sql, arrival.how, arrival.id);
    // Kept and unreadable: what came stands beside it.
    if (!body.ok() && body.error().fault != Fault::damaged)
        return body.error();
    if (!body.ok())
        found = WasKept::fork;
    else if (*body)
        found = is_same_fact(**body, *arrival.opened) ? WasKept::known : WasKept::fork;
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
    TRY(auto body, as_it_is_kept(arrival.how, arrival.id, *arrival.opened));
    TRY_DO(
        sql.run("insert into fork(partnership, operation_id, body_hash, enrolment, tablet_seq, body, reason) "
                "values(:partnership, :id, :hash, :enrolment, :sequence, :body, :reason) "
                "on conflict do nothing",
                {{"partnership", home_partnership},
                 {"id", sql_value(arrival.id)},
                 {"hash", sql_value(Sha256::of(arrival.opened->json))},
                 {"enrolment", sql_value(arrival.enrolment)},
                 {"sequence", sql_value(arrival.sequence)},
                 {"body", Blob{std::move(body)}},
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
        "type_version, subject, at_ms, utc_offset_minutes, hybrid_clock, received_ms, status, reason, patch) "
        "values(:partnership, :id, :pull_seq, :enrolment, :sequence, :type, :type_version, :subject, "
        ":at_ms, :offset, :clock, :received, :status, :reason, :patch)",
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
         {"reason", reason},
         {"patch", sql_value(arrival.patch)}}));
    TRY(auto body, as_it_is_kept(arrival.how, arrival.id, opened));
    TRY_DO(sql.run(
        "insert into operation_body(partnership, operation_id, body) values(:partnership, :id, :body)",
        {{"partnership", home_partnership}, {"id", sql_value(arrival.id)}, {"body", Blob{std::move(body)}}}));
    return reason.empty() ? fold(sql, *opened.operation, arrival.how.with_people) : Result<void>{};
}

namespace {

// The centre forgot it: here it is still whole, and comes as the bare row that is left.
Result<void> follow_bare(SqlConnection& sql, const Incoming& arrival) {
    if (!arrival.opened->operation)
        return {};
    const auto& arrived = *arrival.opened->operation;
    TRY(const auto body, body_under(sql, arrival.how, arrival.id));
    const auto kept = wire::open_operation(body.value_or(std::string{}));
    if (!kept.operation || *kept.operation == arrived || !is_bare_form(arrived, *kept.operation))
        return {};
    TRY_DO(leave_bare(sql, arrival.how, {&arrival.id, 1}, arrived.subject));
    return {};
}

}  // namespace

Result<WasKept> keep(SqlConnection& sql, const Incoming& arrival) {
    TRY(const auto found, find(sql, arrival));
    if (found == WasKept::known)
        TRY_DO(follow_bare(sql, arrival));
    // A tablet asked for what it had let go of; an endpoint never does.
    if (found == WasKept::known && arrival.how.with_people && arrival.opened->operation)
        TRY_DO(make_whole(sql, arrival.how, *arrival.opened->operation, arrival.opened->json));
    if (found == WasKept::fork)
        TRY_DO(keep_fork(sql, arrival));
    if (found)
        return *found;
    TRY_DO(add(sql, arrival));
    return WasKept::added;
}

}  // namespace doorstep
