// The push, seen from the store: what goes out and what was acknowledged.
#include <fmt/format.h>

#include "sync/store/erase.h"
#include "sync/store/second_copy.h"
#include "sync/store/sql_values.h"
#include "sync/store/standing.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

wire::Envelope envelope_of(const SqlRow& row) {
    const auto first = unsigned_column(row, 1);
    return {row.uuid(0), first, static_cast<std::uint32_t>(unsigned_column(row, 2) - first + 1), row.blob(3)};
}

}  // namespace

Result<void> remember_told(SqlConnection& sql, const Uuid& enrolment,
                           const std::vector<wire::Quarantined>& quarantined) {
    for (const auto& one : quarantined)
        TRY_DO(
            sql.run("insert into told_quarantine(partnership, enrolment, tablet_seq, operation_id, reason) "
                    "values(:partnership, :enrolment, :sequence, :id, :reason) on conflict do nothing",
                    {{"partnership", home_partnership},
                     {"enrolment", sql_value(enrolment)},
                     {"sequence", sql_value(one.sequence)},
                     {"id", sql_value(one.operation)},
                     {"reason", one.reason}}));
    return {};
}

Result<std::vector<wire::Envelope>> Store::unsent(Sequence after, std::size_t bytes,
                                                  std::size_t operations) const {
    TRY(const auto own, enrolment());
    std::vector<wire::Envelope> envelopes;
    std::size_t bytes_so_far = 0;
    std::size_t operations_so_far = 0;
    TRY_DO(state_->sql->query(
        "select envelope_id, first_seq, last_seq, body from envelope where partnership = :partnership "
        "and enrolment = :enrolment and first_seq > :after order by first_seq",
        {{"partnership", home_partnership}, {"enrolment", sql_value(own)}, {"after", sql_value(after)}},
        [&](const SqlRow& row) {
            auto envelope = envelope_of(row);
            if (envelope.body.empty())
                return false;  // only an unlocked tablet can read it
            bytes_so_far += envelope.body.size();
            operations_so_far += envelope.count;
            if (!envelopes.empty() && (bytes_so_far > bytes || operations_so_far > operations))
                return false;
            envelopes.push_back(std::move(envelope));
            return true;
        }));
    return envelopes;
}

Result<std::vector<wire::Envelope>> Store::received(const Uuid& enrolment, Sequence first) const {
    std::vector<wire::Envelope> envelopes;
    TRY_DO(state_->sql->query(
        "select envelope_id, first_seq, last_seq, body from envelope where partnership = :partnership "
        "and enrolment = :enrolment and first_seq >= :first order by first_seq",
        {{"partnership", home_partnership}, {"enrolment", sql_value(enrolment)}, {"first", sql_value(first)}},
        [&](const SqlRow& row) {
            envelopes.push_back(envelope_of(row));
            return true;
        }));
    return envelopes;
}

Result<Sha256> Store::chain_at(Sequence sequence) const {
    TRY(const auto own, enrolment());
    const auto chain = chain_at(own, sequence);
    if (chain.ok() || chain.error().fault != Fault::not_found)
        return chain;
    // The envelope that ended there may be lost, and the endpoint's word is kept.
    TRY(const auto stands, position());
    return stands.acked_through == sequence && stands.acked_chain != Sha256{}
               ? Result<Sha256>(stands.acked_chain)
               : chain;
}

Result<Sha256> Store::chain_at(const Uuid& enrolment, Sequence sequence) const {
    if (sequence == 0)
        return Sha256{};
    std::optional<Sha256> chain;
    TRY_DO(state_->sql->query("select chain from envelope where partnership = :partnership "
                              "and enrolment = :enrolment and last_seq = :sequence",
                              {{"partnership", home_partnership},
                               {"enrolment", sql_value(enrolment)},
                               {"sequence", sql_value(sequence)}},
                              [&](const SqlRow& row) {
                                  chain = sha256_column(row, 0);
                                  return false;
                              }));
    if (!chain)
        return Error{Fault::not_found, fmt::format("No envelope ends at {}.", sequence), ""};
    return *chain;
}

Result<void> Store::acknowledge(const wire::PushReply& reply) {
    TRY(const auto stands, position());
    if (stands.epoch && *stands.epoch != reply.epoch)
        return Error{Fault::conflict, "The acknowledgement is of another epoch of the endpoint.", ""};
    const auto chain = chain_at(reply.acked_through);
    if (!chain.ok() && chain.error().fault != Fault::not_found)
        return chain.error();
    if (!chain.ok() || *chain != reply.chain)
        return Error{Fault::conflict, "The endpoint acknowledges what this tablet never sent.",
                     "Its storage may have been copied or set back: enrol the tablet again."};
    TRY(const auto own, enrolment());
    TRY(auto transaction, begin_any());
    auto& sql = transaction.sql();
    // A late answer to an earlier push takes nothing back.
    const bool newer = reply.acked_through >= stands.acked_through;
    TRY_DO(sql.run("update sync_state set epoch = :epoch, acked_seq = :acked, acked_chain = :chain, "
                   "durable_seq = case when durable_seq > :durable then durable_seq else :durable end, "
                   "last_sync_ms = :now where partnership = :partnership",
                   {{"epoch", sql_value(reply.epoch)},
                    {"acked", sql_value(newer ? reply.acked_through : stands.acked_through)},
                    {"chain", sql_value(newer ? *chain : stands.acked_chain)},
                    {"durable", sql_value(reply.durable_through)},
                    {"now", state_->clock->now_ms()},
                    {"partnership", home_partnership}}));
    // By the clock of the one who acknowledges, which no officer sets.
    TRY_DO(mark_sent(sql, newer ? reply.acked_through : stands.acked_through,
                     reply.server_time_ms > 0 ? reply.server_time_ms : state_->clock->now_ms()));
    TRY_DO(state_->role == StoreRole::locked_tablet ? keep_told_waiting(sql, reply, state_->clock->now_ms())
                                                    : remember_told(sql, own, reply.quarantined));
    if (state_->role != StoreRole::locked_tablet && newer)
        TRY_DO(drop_passed_over(sql, stands.acked_through));
    TRY_DO(transaction.commit());
    if (state_->second_copy && reply.acked_through >= stands.last_sequence)
        static_cast<void>(state_->second_copy->drop_acknowledged(*state_->sql));
    return {};
}

}  // namespace doorstep
