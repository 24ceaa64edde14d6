#include "sync/endpoint/erasure.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sync/endpoint/media.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/erase.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// So many ids stand in one fact of the feed.
constexpr std::size_t ids_in_one = 1000;

// Whatever hangs on the home, also where a fact names another subject.
constexpr std::string_view facts_of_subject = R"sql(
select operation_id from operation where partnership = :partnership and subject = :subject
  and type not in ('visit_planned', 'records_erased')
union select operation_id from fact_contact where partnership = :partnership and household = :subject
union select q.operation_id from fact_questionnaire q join fact_contact c on c.partnership = q.partnership
  and c.contact = q.contact where q.partnership = :partnership and c.household = :subject
union select q.operation_id from fact_offer q join fact_contact c on c.partnership = q.partnership
  and c.contact = q.contact where q.partnership = :partnership and c.household = :subject
union select operation_id from fact_referral where partnership = :partnership and household = :subject
union select t.operation_id from fact_referral_state t join fact_referral r on r.partnership = t.partnership
  and r.referral = t.referral where t.partnership = :partnership and r.household = :subject)sql";

Result<std::vector<Uuid>> facts_of(SqlConnection& sql, const Uuid& subject) {
    std::vector<Uuid> ids;
    TRY_DO(sql.query(facts_of_subject, {{"partnership", home_partnership}, {"subject", sql_value(subject)}},
                     [&](const SqlRow& row) {
                         ids.push_back(row.uuid(0));
                         return true;
                     }));
    return ids;
}

// A period that is over names each fact itself.
std::optional<std::uint64_t> told_through(const ErasureOrder& order) {
    if (order.cause != "erase")
        return 0;
    return order.hybrid_clock == 0 ? std::nullopt : std::optional(order.hybrid_clock);
}

// As facts of the feed; returns the hybrid clock of the first.
Result<std::uint64_t> tell_tablets(Transaction& transaction, const ErasureOrder& order) {
    std::uint64_t clock = 0;
    for (std::size_t at = 0; at == 0 || at < order.operations.size(); at += ids_in_one) {
        Operation told;
        told.subject = order.order;
        RecordsErased erased{order.order, {}, told_through(order)};
        const auto end = std::min(at + ids_in_one, order.operations.size());
        erased.operations.assign(order.operations.begin() + static_cast<std::ptrdiff_t>(at),
                                 order.operations.begin() + static_cast<std::ptrdiff_t>(end));
        told.payload = std::move(erased);
        TRY(const auto kept, transaction.append({told}));
        clock = clock == 0 ? kept.front().hybrid_clock : clock;
    }
    return clock;
}

// Of what an older Doorstep kept unread.
struct Branch {
    Uuid enrolment;
    Sequence first = 0;
    Sha256 chain;
};

bool is_about(const Operation& operation, const Uuid& subject) {
    const auto* contact = std::get_if<ContactRecorded>(&operation.payload);
    const auto* referral = std::get_if<ReferralRaised>(&operation.payload);
    return operation.subject == subject || (contact && contact->household == subject) ||
           (referral && referral->household == subject);
}

Result<wire::Envelope> envelope_of(SqlConnection& sql, const Branch& branch) {
    wire::Envelope envelope;
    TRY_DO(sql.query("select envelope_id, last_seq, body from forked_envelope where partnership = "
                     ":partnership and enrolment = :enrolment and first_seq = :first and chain = :chain",
                     {{"partnership", home_partnership},
                      {"enrolment", sql_value(branch.enrolment)},
                      {"first", sql_value(branch.first)},
                      {"chain", sql_value(branch.chain)}},
                     [&](const SqlRow& row) {
                         envelope = {row.uuid(0), branch.first,
                                     static_cast<std::uint32_t>(unsigned_column(row, 1) - branch.first + 1),
                                     row.blob(2)};
                         return false;
                     }));
    return envelope;
}

// Opened for this alone, and one at a time: they may be many.
Result<void> search_branches(SqlConnection& sql, const Forgetting& by, const Uuid& subject) {
    std::vector<Branch> branches;
    TRY_DO(sql.query("select enrolment, first_seq, chain from forked_envelope where partnership = "
                     ":partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         branches.push_back({row.uuid(0), unsigned_column(row, 1), sha256_column(row, 2)});
                         return true;
                     }));
    for (const auto& branch : branches) {
        TRY(const auto envelope, envelope_of(sql, branch));
        const auto plain = unsealed(envelope, &by.sealing, by.books);
        const auto opened = plain.ok() ? wire::open_envelope(*plain)
                                       : Result<std::vector<wire::OpenedOperation>>(plain.error());
        if (!opened.ok() || std::none_of(opened->begin(), opened->end(), [&](const auto& one) {
                return one.operation && is_about(*one.operation, subject);
            }))
            continue;
        TRY_DO(
            sql.run("update forked_envelope set body = :body where partnership = :partnership and enrolment "
                    "= :enrolment and first_seq = :first and chain = :chain",
                    {{"body", Blob{wire::forgotten_body(envelope.body)}},
                     {"partnership", home_partnership},
                     {"enrolment", sql_value(branch.enrolment)},
                     {"first", sql_value(branch.first)},
                     {"chain", sql_value(branch.chain)}}));
    }
    return {};
}

Result<void> forget_unused_key(SqlConnection& sql, const SubjectKeys& keys, const Uuid& subject) {
    bool used = false;
    TRY_DO(
        sql.query("select 1 from operation where partnership = :partnership and subject = :subject limit 1",
                  {{"partnership", home_partnership}, {"subject", sql_value(subject)}}, [&](const SqlRow&) {
                      used = true;
                      return false;
                  }));
    return used ? Result<void>{} : keys.forget(subject);
}

// What nobody has sent yet has nothing left to send.
Result<void> keep_from_agencies(SqlConnection& sql, const std::vector<Uuid>& operations) {
    for (const auto& id : operations)
        TRY_DO(sql.run("update outbox set their_id = null, state = case when state in ('waiting', 'gate', "
                       "'unknown_agency', 'linked', 'refused') then 'erased' else state end "
                       "where partnership = :partnership and operation_id = :id",
                       {{"partnership", home_partnership}, {"id", sql_value(id)}}));
    return {};
}

// Everything of an order but the list and the feed; in the caller's transaction.
Result<std::int64_t> carry_out(Transaction& transaction, const Forgetting& by, const ErasureOrder& order) {
    auto& sql = transaction.sql();
    // The orders stand at the end of the feed by now.
    TRY(const auto place, by.store.cursor_max());
    TRY_DO(
        sql.run("insert into erasure(partnership, erasure, subject, cause, hybrid_clock, at_ms, place) "
                "values(:partnership, :order, :subject, :cause, :clock, :at, :place) on conflict do nothing",
                {{"partnership", home_partnership},
                 {"order", sql_value(order.order)},
                 {"subject", sql_value(order.subject)},
                 {"cause", order.cause},
                 {"clock", sql_value(order.hybrid_clock)},
                 {"at", order.at_ms},
                 {"place", sql_value(place)}}));
    TRY_DO(note_forgotten(sql, order.order, order.operations, order.at_ms));
    // A period that is over decides nothing, and counts what it counted.
    const auto decides = order.cause == "erase" ? Decides::yes : Decides::no;
    TRY(const auto here, leave_bare(sql, {&by.keys, false}, order.operations, order.order, decides));
    TRY_DO(keep_from_agencies(sql, order.operations));
    TRY_DO(forget_media(sql, order.operations));
    if (order.cause == "erase")
        TRY_DO(search_branches(sql, by, order.subject));
    TRY_DO(forget_unused_key(sql, by.keys, order.subject));
    return here;
}

Result<bool> is_known(SqlConnection& sql, const Uuid& order) {
    bool known = false;
    TRY_DO(sql.query("select 1 from erasure where partnership = :partnership and erasure = :order",
                     {{"partnership", home_partnership}, {"order", sql_value(order)}}, [&](const SqlRow&) {
                         known = true;
                         return false;
                     }));
    return known;
}

// What arrived between an order and its carrying out, and was recorded before it, is meant as well: by the
// clock of its tablet as it was corrected.
Result<void> add_what_came_since(SqlConnection& sql, ErasureOrder& order) {
    if (order.cause != "erase")
        return {};
    const std::set<Uuid> named(order.operations.begin(), order.operations.end());
    return sql.query(
        "select o.operation_id from operation o where o.partnership = :partnership and o.subject "
        "= :subject and coalesce((select k.hybrid_clock from fact_clock k where k.partnership = "
        ":partnership and k.operation_id = o.operation_id order by k.told desc, k.by_operation "
        "desc limit 1), o.hybrid_clock) <= :clock and o.type not in ('visit_planned', "
        "'records_erased')",
        {{"partnership", home_partnership},
         {"subject", sql_value(order.subject)},
         {"clock", sql_value(order.hybrid_clock)}},
        [&](const SqlRow& row) {
            if (!named.contains(row.uuid(0)))
                order.operations.push_back(row.uuid(0));
            return true;
        });
}

}  // namespace

// The list is on its disk before the database changes: whatever is cut off here is done when
// the endpoint is next opened, or goes on forgetting.
Result<std::int64_t> forget_in_orders(const Forgetting& by, std::vector<ErasureOrder> orders) {
    TRY_DO(reapply_erasures(by));
    TRY(auto transaction, by.store.begin());
    for (auto& order : orders) {
        TRY(order.hybrid_clock, tell_tablets(transaction, order));
        order.at_ms = by.store.clock().now_ms();
    }
    TRY_DO(by.list.add(orders));
    std::int64_t facts = 0;
    for (const auto& order : orders) {
        TRY(const auto here, carry_out(transaction, by, order));
        facts += here;
    }
    TRY_DO(transaction.commit());
    return facts;
}

Result<Forgotten> erase_subject(const Forgetting& by, const Uuid& subject) {
    // Under that id stands what is left of several facts, and not all that hangs on them.
    TRY(const bool forgotten, is_known(by.store.sql(), subject));
    if (forgotten)
        return Error{Fault::not_found, "That id stands for a home or person that is forgotten already.",
                     "Give the id of a home or person as the lists and history show it."};
    TRY(auto facts, facts_of(by.store.sql(), subject));
    if (facts.empty() || subject.is_nil())
        return Error{Fault::not_found, "Nothing is recorded about that home or person.",
                     "Give its id as the lists and history show it. What a tablet alone still shows after a "
                     "restore goes when that tablet is wiped."};
    const auto order = Uuid::random(by.random);
    TRY(const auto here, forget_in_orders(by, {{order, subject, "erase", 0, 0, std::move(facts)}}));
    return Forgotten{order, here};
}

Result<std::int64_t> reapply_erasures(const Forgetting& by) {
    TRY(auto orders, by.list.orders());
    std::int64_t applied = 0;
    for (auto& order : orders) {
        TRY(const bool known, is_known(by.store.sql(), order.order));
        if (known)
            continue;
        TRY(auto transaction, by.store.begin());
        TRY_DO(add_what_came_since(transaction.sql(), order));
        TRY_DO(tell_tablets(transaction, order));
        TRY_DO(carry_out(transaction, by, order));
        TRY_DO(transaction.commit());
        ++applied;
    }
    return applied;
}

}  // namespace doorstep
