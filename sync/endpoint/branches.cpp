#include "sync/endpoint/branches.h"

#include <fmt/format.h>

#include <iterator>
#include <limits>

#include "sync/endpoint/push.h"
#include "sync/endpoint/replies.h"
#include "sync/store/own_envelopes.h"
#include "sync/store/row_locks.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

constexpr std::int64_t aside_day_ms = 86'400'000;

std::string_view kind_word(BranchKind kind) {
    return kind == BranchKind::behind_hole ? "hole" : "fork";
}

// Whether a branch of that tablet has this envelope behind that chain already.
Result<bool> is_held(Call& call, const wire::Envelope& envelope, const Sha256& chain) {
    bool held = false;
    TRY_DO(call.transaction.sql().query(
        "select 1 from branch b join envelope e on e.partnership = b.partnership and e.enrolment = "
        "b.enrolment where b.partnership = :partnership and b.of_enrolment = :of and e.first_seq = :first "
        "and e.chain = :chain",
        {{"partnership", home_partnership},
         {"of", sql_value(call.tablet.enrolment)},
         {"first", sql_value(envelope.first_sequence)},
         {"chain", sql_value(chain)}},
        [&](const SqlRow&) {
            held = true;
            return false;
        }));
    return held;
}

// The one that ends in front of it.
Result<std::optional<Uuid>> branch_to(Call& call, Sequence first, const Sha256& before) {
    std::optional<Uuid> found;
    TRY_DO(call.transaction.sql().query(
        "select enrolment from branch where partnership = :partnership and of_enrolment = :of "
        "and last_seq = :last and chain = :chain order by enrolment limit 1",
        {{"partnership", home_partnership},
         {"of", sql_value(call.tablet.enrolment)},
         {"last", sql_value(first - 1)},
         {"chain", sql_value(before)}},
        [&](const SqlRow& row) {
            found = row.uuid(0);
            return false;
        }));
    return found;
}

// Two that part at one place differ in the chain behind their first envelope.
Result<Uuid> new_branch(Call& call, Sequence first, const Sha256& after, BranchKind kind) {
    const auto made_of = fmt::format("branch {} {} {}", call.tablet.enrolment.text(), first, after.hex());
    const auto id = *Uuid::from_bytes(Sha256::of(made_of).raw().substr(0, 16));
    TRY_DO(call.transaction.sql().run(
        "insert into branch(partnership, enrolment, of_enrolment, kind, first_seq, last_seq, chain, "
        "since_ms) "
        "values(:partnership, :id, :of, :kind, :first, :last, :chain, :now) on conflict do nothing",
        {{"partnership", home_partnership},
         {"id", sql_value(id)},
         {"of", sql_value(call.tablet.enrolment)},
         {"kind", std::string(kind_word(kind))},
         {"first", sql_value(first)},
         {"last", sql_value(first - 1)},
         {"chain", sql_value(Sha256{})},
         {"now", call.clock.now_ms()}}));
    return id;
}

struct BranchPiece {
    std::vector<PlacedEnvelope> places;
    OpenedFacts facts;
    std::uint64_t bytes = 0;
};

// Those that no branch holds yet; `before` is the chain in front of them.  Nothing: there is no room.
Result<std::optional<BranchPiece>> open_piece(Call& call, const wire::PushRequest& push, std::size_t from,
                                              Sha256& before) {
    BranchPiece piece;
    ExpandedBytes room(room_for_push(call));
    Sha256 chain = push.chain_before;
    for (std::size_t i = 0; i < push.envelopes.size(); ++i) {
        const auto& envelope = push.envelopes[i];
        const Sha256 here = chain;
        chain = wire::chain(chain, envelope);
        if (i < from)
            continue;
        if (piece.places.empty()) {
            TRY(const bool held, is_held(call, envelope, chain));
            if (held)
                continue;
            before = here;
        }
        piece.bytes += envelope.body.size();
        piece.places.push_back({envelope.id, envelope.first_sequence, envelope.last_sequence(), chain});
        auto opened = open_facts(envelope, call.keys, *call.books, room);
        if (!opened)
            return std::optional<BranchPiece>{};
        piece.bytes += unknown_bytes(*opened);
        std::move(opened->facts.begin(), opened->facts.end(), std::back_inserter(piece.facts.facts));
        std::move(opened->restricted.begin(), opened->restricted.end(),
                  std::back_inserter(piece.facts.restricted));
    }
    return std::optional(std::move(piece));
}

struct KeptEnvelope {
    Uuid enrolment;
    Sequence first = 0;
    Sha256 chain;
};

Result<std::vector<KeptEnvelope>> kept_unread(SqlConnection& sql) {
    std::vector<KeptEnvelope> found;
    TRY_DO(sql.query("select enrolment, first_seq, chain from forked_envelope where partnership = "
                     ":partnership order by enrolment, first_seq, chain",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         found.push_back({row.uuid(0), unsigned_column(row, 1), sha256_column(row, 2)});
                         return true;
                     }));
    return found;
}

Result<wire::PushRequest> push_of(SqlConnection& sql, const KeptEnvelope& one) {
    wire::PushRequest push;
    push.enrolment = one.enrolment;
    push.first_sequence = one.first;
    push.chain_after = one.chain;
    TRY_DO(sql.query("select envelope_id, last_seq, chain_before, body from forked_envelope where "
                     "partnership = :partnership and enrolment = :enrolment and first_seq = :first and "
                     "chain = :chain",
                     {{"partnership", home_partnership},
                      {"enrolment", sql_value(one.enrolment)},
                      {"first", sql_value(one.first)},
                      {"chain", sql_value(one.chain)}},
                     [&](const SqlRow& row) {
                         push.chain_before = sha256_column(row, 2);
                         push.envelopes.push_back(
                             {row.uuid(0), one.first,
                              static_cast<std::uint32_t>(unsigned_column(row, 1) - one.first + 1),
                              row.blob(3)});
                         return false;
                     }));
    return push;
}

Result<bool> open_kept(EndpointParts& state, const KeptEnvelope& one) {
    TRY(auto transaction, state.store.begin());
    auto& sql = transaction.sql();
    TRY_DO(lock_feed(sql));
    TRY(const auto tablet, find_enrolment(sql, one.enrolment));
    TRY(const auto push, push_of(sql, one));
    if (!tablet || push.envelopes.empty())
        return false;
    const EndpointRequest nobody;
    auto call = call_of(state, nobody, transaction, *tablet);
    call.rescued = true;
    TRY(const auto refused, take_branch(call, push, 0, BranchKind::other_history));
    if (refused)
        return false;
    TRY_DO(sql.run("delete from forked_envelope where partnership = :partnership and enrolment = "
                   ":enrolment and first_seq = :first and chain = :chain",
                   {{"partnership", home_partnership},
                    {"enrolment", sql_value(one.enrolment)},
                    {"first", sql_value(one.first)},
                    {"chain", sql_value(one.chain)}}));
    TRY_DO(transaction.commit());
    return true;
}

}  // namespace

Result<std::optional<EndpointResponse>> refused_as_too_much(Call& call, std::uint64_t bytes) {
    const bool by_operator = call.request.method.empty();
    if (bytes == 0 || by_operator)
        return std::optional<EndpointResponse>{};
    auto& sql = call.transaction.sql();
    const auto now = call.clock.now_ms();
    const SqlParameter today[] = {{"partnership", home_partnership},
                                  {"enrolment", sql_value(call.tablet.enrolment)},
                                  {"today", now / aside_day_ms}};
    std::uint64_t taken = 0;
    TRY_DO(sql.query("select bytes from aside_taken where partnership = :partnership and enrolment = "
                     ":enrolment and day = :today",
                     today, [&](const SqlRow& row) {
                         taken = unsigned_column(row, 0);
                         return false;
                     }));
    if (taken + bytes > limits::aside_day_bytes_max) {
        auto refusal = refusal_response(429, "too_much_aside",
                                        "More than the endpoint can read came from this tablet today. The "
                                        "centre looks into it; the rest waits on the tablet.");
        refusal.retry_after_s = static_cast<int>(limits::retry_after_ms_max / 1000);
        return std::optional(std::move(refusal));
    }
    TRY_DO(sql.run("insert into aside_taken(partnership, enrolment, day, bytes) values(:partnership, "
                   ":enrolment, :today, :bytes) on conflict(partnership, enrolment, day) do update set "
                   "bytes = aside_taken.bytes + excluded.bytes",
                   {{"partnership", home_partnership},
                    {"enrolment", sql_value(call.tablet.enrolment)},
                    {"today", now / aside_day_ms},
                    {"bytes", sql_value(bytes)}}));
    return std::optional<EndpointResponse>{};
}

Result<std::optional<EndpointResponse>> take_branch(Call& call, const wire::PushRequest& push,
                                                    std::size_t from, BranchKind kind) {
    Sha256 before;
    TRY(const auto opened, open_piece(call, push, from, before));
    if (!opened)
        return std::optional(expands_to_too_much());
    const auto& piece = *opened;
    if (piece.places.empty())
        return std::optional<EndpointResponse>{};
    TRY(auto refused, refused_as_too_much(call, piece.bytes));
    if (refused)
        return refused;
    const auto first = piece.places.front().first;
    TRY(const auto goes_on, branch_to(call, first, before));
    TRY(const auto branch,
        goes_on ? Result<Uuid>(*goes_on) : new_branch(call, first, piece.places.front().chain_after, kind));
    Call of_branch = call;
    of_branch.branch = branch;
    // Set back by a restore, the centre cannot tell what of it had left already.
    if (call.tablet.suspect_through != 0)
        of_branch.tablet.suspect_through = std::numeric_limits<std::int64_t>::max();
    TRY_DO(take_facts(of_branch, piece.facts));
    TRY_DO(keep_places_once(call.transaction.sql(), branch, piece.places));
    TRY_DO(call.transaction.sql().run("update branch set last_seq = :last, chain = :chain where partnership "
                                      "= :partnership and enrolment = :branch",
                                      {{"last", sql_value(piece.places.back().last)},
                                       {"chain", sql_value(piece.places.back().chain_after)},
                                       {"partnership", home_partnership},
                                       {"branch", sql_value(branch)}}));
    return std::optional<EndpointResponse>{};
}

Result<std::uint64_t> open_kept_branches(EndpointParts& state) {
    TRY(const auto kept, kept_unread(state.sql));
    std::uint64_t opened = 0;
    for (const auto& one : kept) {
        TRY(const bool done, open_kept(state, one));
        opened += done ? 1 : 0;
    }
    return opened;
}

Result<std::optional<Uuid>> branch_of(SqlConnection& sql, const Uuid& enrolment) {
    std::optional<Uuid> of;
    TRY_DO(sql.query("select of_enrolment from branch where partnership = :partnership and enrolment = "
                     ":enrolment",
                     {{"partnership", home_partnership}, {"enrolment", sql_value(enrolment)}},
                     [&](const SqlRow& row) {
                         of = row.uuid(0);
                         return false;
                     }));
    return of;
}

}  // namespace doorstep
