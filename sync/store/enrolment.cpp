// Who this tablet is, and where its push and pull stand.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "forms/base/counted.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/held_patches.h"
#include "sync/store/outbound_media.h"
#include "sync/store/second_copy.h"
#include "sync/store/sql_values.h"
#include "sync/store/store_state.h"
#include "sync/store/take_along.h"

namespace doorstep {

namespace {

constexpr const char* not_a_tablet = "Only a tablet's store can be enrolled.";

Result<void> write_identity(SqlConnection& sql, const TabletIdentity& identity) {
    TRY_DO(sql.run(
        "insert into tablet_identity(partnership, enrolment, tablet, endpoint, token, safeguarding_key, "
        "sealing_key, signing_key, recovery_key) values(:partnership, :enrolment, :tablet, :endpoint, "
        ":token, "
        ":safeguarding, :sealing, :signing, :recovery) on conflict(partnership) do update "
        "set enrolment = excluded.enrolment, tablet = excluded.tablet, endpoint = excluded.endpoint, "
        "token = excluded.token, safeguarding_key = excluded.safeguarding_key, "
        "sealing_key = excluded.sealing_key, signing_key = excluded.signing_key, "
        "recovery_key = excluded.recovery_key",
        {{"partnership", home_partnership},
         {"enrolment", sql_value(identity.enrolment)},
         {"tablet", identity.tablet},
         {"endpoint", identity.endpoint},
         {"token", identity.seed},
         {"safeguarding", Blob{identity.safeguarding_key}},
         {"sealing", Blob{identity.sealing_key}},
         {"signing", Blob{identity.signing_key}},
         {"recovery", Blob{identity.recovery_key}}}));
    return {};
}

// What was recorded before there was an enrolment goes out under the first one.
Result<void> take_over(SqlConnection& sql, const Uuid& enrolment) {
    for (const char* table : {"operation", "envelope", "sync_state"})
        TRY_DO(sql.run(fmt::format("update {} set enrolment = :enrolment where partnership = :partnership "
                                   "and enrolment = :nobody",
                                   table),
                       {{"enrolment", sql_value(enrolment)},
                        {"partnership", home_partnership},
                        {"nobody", sql_value(Uuid{})}}));
    return {};
}

// Nothing of it was sent yet: from the first enrolment on it travels sealed, and the chain is
// the one of what travels.
Result<void> seal_what_waits(SqlConnection& sql, const PublicKey& sealing_key) {
    if (sealing_key.bytes.empty())
        return {};
    std::vector<wire::Envelope> plain;
    TRY_DO(
        sql.query("select envelope_id, first_seq, last_seq, body from envelope where partnership = "
                  ":partnership and enrolment = :nobody order by first_seq",
                  {{"partnership", home_partnership}, {"nobody", sql_value(Uuid{})}}, [&](const SqlRow& row) {
                      const auto first = unsigned_column(row, 1);
                      const auto count = unsigned_column(row, 2) - first + 1;
                      plain.push_back({row.uuid(0), first, static_cast<std::uint32_t>(count), row.blob(3)});
                      return true;
                  }));
    Sha256 chain;
    for (auto& envelope : plain) {
        const auto body = std::exchange(envelope.body, seal_body_to(sealing_key, envelope.body));
        chain = wire::chain(chain, envelope);
        TRY_DO(sql.run("update envelope set body = :body, plain = :plain, chain = :chain where partnership = "
                       ":partnership and enrolment = :nobody and first_seq = :first",
                       {{"body", Blob{envelope.body}},
                        {"plain", Blob{body}},
                        {"chain", sql_value(chain)},
                        {"partnership", home_partnership},
                        {"nobody", sql_value(Uuid{})},
                        {"first", sql_value(envelope.first_sequence)}}));
    }
    TRY_DO(sql.run("update sync_state set last_chain = :chain where partnership = :partnership",
                   {{"chain", sql_value(chain)}, {"partnership", home_partnership}}));
    return {};
}

// A new enrolment begins at 1 and pulls from the start; known facts are skipped.
Result<void> start_over(SqlConnection& sql, const Uuid& enrolment) {
    TRY_DO(sql.run(
        "update sync_state set enrolment = :enrolment, epoch = null, acked_seq = 0, acked_chain = :zero, "
        "durable_seq = 0, last_seq = 0, last_chain = :zero, pull_cursor = 0 where partnership = "
        ":partnership",
        {{"enrolment", sql_value(enrolment)},
         {"zero", sql_value(Sha256{})},
         {"partnership", home_partnership}}));
    TRY_DO(sql.run(
        "update operation set pull_seq = null where partnership = :partnership and pull_seq is not null",
        {{"partnership", home_partnership}}));
    TRY_DO(sql.run("delete from sent_mark where true"));
    TRY_DO(set_back_patches(sql, 0));
    return ask_for_media_again(sql);
}

// From the first envelope on that travels plain: it lies under the row keys.
Result<void> leave_out_plain(SqlConnection& sql, SyncPosition& position) {
    return sql.query("select min(e.first_seq) from envelope e join sync_state s on s.enrolment = e.enrolment "
                     "where e.first_seq > s.acked_seq and length(e.body) = 0",
                     {}, [&](const SqlRow& row) {
                         if (row.is_null(0))
                             return false;
                         const auto last = unsigned_column(row, 0) - 1;
                         position.only_unlocked = position.last_sequence - last;
                         position.last_sequence = last;
                         return false;
                     });
}

}  // namespace

Result<std::optional<TabletIdentity>> Store::identity() const {
    TRY_DO(check_unlocked(*state_));
    std::optional<TabletIdentity> identity;
    TRY_DO(state_->sql->query(
        "select enrolment, tablet, endpoint, token, safeguarding_key, sealing_key, signing_key, "
        "recovery_key from tablet_identity where partnership = :partnership",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            identity = TabletIdentity{row.uuid(0), row.text(1), row.text(2), row.text(3),
                                      row.blob(4), row.blob(5), row.blob(6), row.blob(7)};
            return false;
        }));
    return identity;
}

namespace {

struct KeysNamed {
    bool any = false;
    bool another = false;
};

// By the envelopes beyond that place.
Result<KeysNamed> keys_named(SqlConnection& sql, const Uuid& own, const std::string& key, Sequence after) {
    KeysNamed named;
    TRY_DO(
        sql.query("select body from envelope where partnership = :partnership and enrolment = :own "
                  "and last_seq > :after",
                  {{"partnership", home_partnership}, {"own", sql_value(own)}, {"after", sql_value(after)}},
                  [&](const SqlRow& row) {
                      wire::Envelope envelope;
                      envelope.body = row.blob(0);
                      named.any = true;
                      named.another = !is_sealed(envelope) || envelope.body.substr(4, 8) != key_id({key});
                      return !named.another;
                  }));
    return named;
}

// From behind which place on facts go along to a new enrolment; nothing: none may.  All of them: the
// endpoint may have been restored from a backup older than the one that covered them, or made anew, and
// whoever holds one knows it again.
//
// They may go to whoever could read them already: they are sealed to the same key.  A ticket
// is only a file, and one that names another key is not taken for the same centre because it has an
// address or another key of it.  Facts from before there was a key stay with the address.
Result<std::optional<Sequence>> along_from(SqlConnection& sql, const Uuid& own,
                                           const std::optional<TabletIdentity>& before,
                                           const TabletIdentity& now, const SyncPosition& stands) {
    using From = std::optional<Sequence>;
    if (before) {
        const bool same = before->sealing_key.empty() ? before->endpoint == now.endpoint
                                                      : before->sealing_key == now.sealing_key;
        return same ? From(Sequence{0}) : From{};
    }
    if (now.sealing_key.empty())
        return From{};
    // Of a store that was mended the identity may be lost: what waits in envelopes names its key.
    TRY(const auto all, keys_named(sql, own, now.sealing_key, 0));
    if (all.any && !all.another)
        return From(Sequence{0});
    const auto covered = std::min(stands.acked_through, stands.durable_through);
    if (covered == stands.last_sequence)
        return From{};
    TRY(const auto late, keys_named(sql, own, now.sealing_key, covered));
    return late.another ? From{} : From(covered);
}

Error of_another_centre(std::uint64_t facts) {
    return {Fault::conflict,
            counted(facts, "fact of this tablet was", "facts of this tablet were") +
                " recorded for another centre and not sent yet, and not meant for the new one.",
            "Sync once more with the centre before, or write a rescue file and take it there."};
}

}  // namespace

Result<std::int64_t> Store::enrol(const TabletIdentity& identity) {
    if (state_->role != StoreRole::tablet || identity.enrolment.is_nil())
        return Error{Fault::refused, not_a_tablet, ""};
    if (!identity.sealing_key.empty() && !usable(PublicKey{identity.sealing_key}))
        return no_sealing_key();
    TRY(const auto before, this->identity());
    TRY(const auto stands, position());
    // Of a store that was mended the identity may be lost, and the places stand all the same.
    TRY(const auto own, enrolment());
    const bool anew = !own.is_nil() && own != identity.enrolment;
    const auto unsent = stands.last_sequence - stands.acked_through;
    std::optional<Sequence> along;
    if (anew && stands.last_sequence > 0) {
        TRY(along, along_from(*state_->sql, own, before, identity, stands));
        if (!along && unsent > 0)
            return of_another_centre(unsent);
    }
    TRY(auto transaction, begin());
    auto& sql = transaction.sql();
    if (own.is_nil()) {
        TRY_DO(seal_what_waits(sql, {identity.sealing_key}));
        TRY_DO(take_over(sql, identity.enrolment));
    } else if (anew) {
        TRY_DO(start_over(sql, identity.enrolment));
    }
    TRY_DO(write_identity(sql, identity));
    TakenAlong taken;
    if (along) {
        TRY(taken, take_along(*state_, own, *along, stands.acked_through));
    }
    TRY_DO(transaction.commit());
    // It is saved: a copy that cannot be written now is caught up with by the next finish.
    if ((taken.facts > 0 || (own.is_nil() && stands.last_sequence > 0)) && state_->second_copy)
        static_cast<void>(state_->second_copy->begin_anew(sql));
    return taken.unsent;
}

Result<SyncPosition> Store::position() const {
    SyncPosition position;
    TRY_DO(state_->sql->query("select epoch, acked_seq, acked_chain, last_seq, pull_cursor, last_sync_ms, "
                              "durable_seq from sync_state "
                              "where partnership = :partnership",
                              {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                                  if (!row.is_null(0))
                                      position.epoch = row.uuid(0);
                                  position.acked_through = unsigned_column(row, 1);
                                  position.acked_chain = sha256_column(row, 2);
                                  position.last_sequence = unsigned_column(row, 3);
                                  position.cursor = unsigned_column(row, 4);
                                  position.last_sync_ms = row.integer(5);
                                  position.durable_through = unsigned_column(row, 6);
                                  return false;
                              }));
    TRY(position.held, held_patches(*state_->sql));
    TRY(position.something_goes, something_goes(*state_->sql));
    TRY_DO(state_->sql->query("select count(*) from rescued where refused = 0", {}, [&](const SqlRow& row) {
        position.rescued = unsigned_column(row, 0);
        return false;
    }));
    if (state_->role == StoreRole::locked_tablet)
        TRY_DO(leave_out_plain(*state_->sql, position));
    return position;
}

Result<Uuid> Store::enrolment() const {
    Uuid enrolment;
    TRY_DO(state_->sql->query("select enrolment from sync_state where partnership = :partnership",
                              {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                                  enrolment = row.uuid(0);
                                  return false;
                              }));
    return enrolment;
}

}  // namespace doorstep
