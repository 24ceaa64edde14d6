#include <fmt/format.h>

#include <cassert>
#include <iterator>
#include <set>
#include <utility>

#include "forms/base/derived_id.h"
#include "sync/operation/bare.h"
#include "sync/operation/whose.h"
#include "sync/store/erase.h"
#include "sync/store/in_doubt.h"
#include "sync/store/log.h"
#include "sync/store/outbound_media.h"
#include "sync/store/own_envelopes.h"
#include "sync/store/patches.h"
#include "sync/store/row_locks.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/run_later.h"
#include "sync/store/second_copy.h"
#include "sync/store/sql_values.h"
#include "sync/store/store_state.h"
#include "sync/wire/codec.h"

namespace doorstep {

struct Transaction::State {
    StoreParts* store;
    bool open = true;
    bool appended_own = false;
};

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction::~Transaction() {
    if (state_ && state_->open)
        state_->store->sql->rollback();
}

Result<Transaction> Store::begin() {
    TRY_DO(check_unlocked(*state_));
    return begin_any();
}

Result<Transaction> Store::begin_any() {
    TRY_DO(state_->sql->begin());
    return Transaction(std::make_unique<Transaction::State>(Transaction::State{state_.get()}));
}

Result<void> Transaction::commit() {
    assert(state_->open);
    state_->open = false;
    auto committed = state_->store->sql->commit();
    if (!committed.ok()) {
        state_->store->sql->rollback();
        return committed;
    }
    // It is saved: a copy that cannot be written now is caught up with by the next one.
    if (state_->appended_own && state_->store->second_copy)
        static_cast<void>(state_->store->second_copy->catch_up(*state_->store->sql));
    return committed;
}

SqlConnection& Transaction::sql() {
    return *state_->store->sql;
}

namespace {

// Most centres have forgotten nobody: asked once for an envelope.
Question of_forgotten(bool& any) {
    return {"select 1 from erasure where partnership = :partnership limit 1",
            {{"partnership", home_partnership}},
            [&](const SqlRow&) {
                any = true;
                return false;
            }};
}

// Behind the feed's lock stands the hybrid clock, which other programs move on too.
Result<std::uint64_t> lock_feed_of(StoreParts& store, bool* forgets = nullptr) {
    FeedEnd end;
    std::vector<Question> questions{locking_feed(*store.sql, end)};
    if (forgets)
        questions.push_back(of_forgotten(*forgets));
    TRY_DO(ask_together(*store.sql, questions));
    if (end.hybrid_clock > store.hybrid.last())
        store.hybrid = HybridClock(end.hybrid_clock);
    return end.last;
}

Result<void> keep_feed(SqlConnection& sql, std::uint64_t last) {
    return run_later(sql, "update partnership_clock set seq = :last where partnership = :partnership",
                     {{"last", sql_value(last)}, {"partnership", home_partnership}});
}

void fill_in(Operation& operation, Sequence sequence, StoreParts& store) {
    const auto now = store.clock->now_ms();
    operation.sequence = sequence;
    if (operation.at_ms == 0)
        operation.at_ms = now;
    if (operation.utc_offset_minutes == 0)
        operation.utc_offset_minutes = store.clock->utc_offset_minutes(operation.at_ms);
    if (operation.hybrid_clock == 0)
        operation.hybrid_clock = store.hybrid.next(now);
}

// The form whose questionnaire is among them writes them short.
const wire::PhraseBook& book_of(const std::vector<Operation>& operations, const StoreParts& store) {
    for (const auto& operation : operations)
        if (const auto* finished = std::get_if<QuestionnaireFinished>(&operation.payload))
            return store.books->of(finished->form.hash);
    return store.books->without_form();
}

// As it will be read everywhere else; what nobody could fold is not let in.
Result<wire::OpenedOperation> as_kept(const Operation& operation) {
    auto opened = wire::open_operation(wire::encode(operation));
    opened.sequence = operation.sequence;
    if (const auto reason = why_quarantined(opened); !reason.empty())
        return Error{Fault::bad_input, fmt::format("This cannot be recorded: {}", reason), ""};
    return opened;
}

// Empty: as it came.
Result<wire::OpenedOperation> as_far_as_remembered(SqlConnection& sql, const wire::OpenedOperation& came,
                                                   std::int64_t now_ms, Appended& appended) {
    if (!came.operation || came.problem == in_doubt_reason)
        return wire::OpenedOperation{};
    TRY(const auto order, forgotten_before(sql, *came.operation));
    const auto left = order ? bare(*came.operation, *order) : std::nullopt;
    if (!left)
        return wire::OpenedOperation{};
    TRY_DO(note_forgotten(sql, *order, {&came.operation->id, 1}, now_ms));
    appended.forgotten.emplace_back(*order, came.operation->id);
    auto opened = wire::open_operation(wire::encode(*left));
    opened.sequence = came.sequence;
    opened.problem = came.problem;  // a forged word of the centre's stays one
    return opened;
}

// Either all of `work` or none of it, inside a transaction that may go on.
template<class T, class Work>
Result<T> in_savepoint(SqlConnection& sql, Work work) {
    TRY_DO(sql.savepoint());
    Result<T> outcome = work();
    if (outcome.ok())
        // What was written later is told now.
        if (const auto released = sql.release_savepoint(); !released.ok())
            outcome = released.error();
    if (!outcome.ok())
        sql.rollback_to_savepoint();
    return outcome;
}

}  // namespace

Question locking_feed(const SqlConnection& sql, FeedEnd& end) {
    return {fmt::format("select c.seq, s.hybrid_clock, c.epoch from partnership_clock c join store_state s "
                        "on s.partnership = c.partnership where c.partnership = :partnership{}",
                        for_update(sql)),
            {{"partnership", home_partnership}},
            [&](const SqlRow& row) {
                end = {unsigned_column(row, 0), unsigned_column(row, 1), row.uuid(2)};
                return false;
            }};
}

// The feed has no holes: the counter is a row that is locked from here to the
// commit, never a sequence of the database's own.
Result<FeedEnd> lock_feed(SqlConnection& sql) {
    FeedEnd end;
    const auto question = locking_feed(sql, end);
    TRY_DO(ask_together(sql, {&question, 1}));
    return end;
}

Result<void> keep_hybrid_clock(SqlConnection& sql, const HybridClock& hybrid) {
    return run_later(sql, "update store_state set hybrid_clock = :clock where partnership = :partnership",
                     {{"clock", sql_value(hybrid.last())}, {"partnership", home_partnership}});
}

Result<std::vector<Operation>> Transaction::append(std::vector<Operation> own) {
    if (own.empty())
        return own;
    return in_savepoint<std::vector<Operation>>(sql(), [&] { return append_own(std::move(own)); });
}

Result<std::vector<Operation>> Transaction::append_own(std::vector<Operation> own) {
    auto& store = *state_->store;
    const bool on_tablet = store.role == StoreRole::tablet;
    TRY(const auto place, own_place(sql()));
    const auto envelope = Uuid::random(*store.random);
    std::uint32_t minted = 0;
    TRY(auto feed, on_tablet ? Result<std::uint64_t>(0) : lock_feed_of(store));
    std::vector<std::string> encoded;
    PatchCount counted;
    for (auto& operation : own) {
        // A tablet's follow from the envelope's, so that they cost nothing on the way.
        if (operation.id.is_nil())
            operation.id = on_tablet ? derived_id(envelope, minted++) : Uuid::random(*store.random);
        fill_in(operation, on_tablet ? place.last_sequence + 1 + encoded.size() : 0, store);
        if (on_tablet)
            TRY_DO(name_attachments(sql(), operation));
        TRY(const auto opened, as_kept(operation));
        Incoming arrival{operation.id, &opened, {}, {}, {}, store.clock->now_ms(), store.how()};
        if (on_tablet) {
            arrival.enrolment = place.enrolment;
            arrival.sequence = operation.sequence;
        } else {
            arrival.pull_sequence = ++feed;
            TRY_DO(find_patches(sql(), {&arrival, 1}));
            counted.add(arrival);
        }
        TRY_DO(add(sql(), arrival));
        encoded.push_back(opened.json);
        operation = *opened.operation;
    }
    if (on_tablet)
        TRY_DO(write_own_envelope(sql(), place, envelope, encoded, book_of(own, store)));
    else
        TRY_DO(keep_feed(sql(), feed));
    TRY_DO(counted.keep(sql()));
    TRY_DO(keep_hybrid_clock(sql(), store.hybrid));
    state_->appended_own = on_tablet;
    return own;
}

namespace {

// What was received, each with its place, as it is to be kept.
std::vector<Incoming> placed(std::span<const wire::OpenedOperation> received, const Uuid& enrolment,
                             std::int64_t now_ms, const StoreParts& store) {
    std::vector<Incoming> arrivals;
    arrivals.reserve(received.size());
    for (const auto& opened : received) {
        Incoming arrival{{}, &opened, {}, {}, {}, now_ms, store.how()};
        arrival.id = opened.operation ? opened.operation->id : id_of_unreadable(enrolment, opened);
        if (!enrolment.is_nil() && opened.sequence != 0) {
            arrival.enrolment = enrolment;
            arrival.sequence = opened.sequence;
        }
        arrivals.push_back(arrival);
    }
    return arrivals;
}

void note(const Incoming& arrival, WasKept kept, HybridClock& hybrid, Appended& appended) {
    const auto& opened = *arrival.opened;
    appended.added += kept == WasKept::added ? 1 : 0;
    appended.known += kept == WasKept::known ? 1 : 0;
    if (opened.operation)
        hybrid.see(opened.operation->hybrid_clock, arrival.received_ms);
    const auto reason = kept == WasKept::fork ? std::string(fork_reason) : why_quarantined(opened);
    if (!reason.empty())
        appended.quarantined.push_back(
            {opened.operation ? opened.operation->id : Uuid{}, opened.sequence, reason});
}

// Facts and subjects of these that an order to forget names.
Result<std::set<Uuid>> named_by_orders(SqlConnection& sql, std::span<const Transaction::Received> received) {
    std::vector<Uuid> ids;
    std::vector<Uuid> subjects;
    for (const auto& part : received)
        for (const auto& one : part.facts)
            if (one.operation) {
                ids.push_back(one.operation->id);
                subjects.push_back(one.operation->subject);
            }
    std::set<Uuid> named;
    const auto take = [&](const SqlRow& row) { named.insert(row.uuid(0)); };
    TRY_DO(query_about(
        sql,
        "select operation_id from erased_operation where partnership = :partnership and operation_id = :id",
        ids, take));
    TRY_DO(query_about(sql,
                       "select subject from erasure where partnership = :partnership and subject = :id and "
                       "cause = 'erase'",
                       subjects, take));
    return named;
}

// Empty: all of it, as it came.
Result<std::vector<wire::OpenedOperation>>
all_as_far_as_remembered(SqlConnection& sql, std::span<const wire::OpenedOperation> received,
                         std::int64_t now_ms, Appended& appended) {
    const Transaction::Received all{Uuid{}, received};
    TRY(const auto named, named_by_orders(sql, {&all, 1}));
    std::vector<wire::OpenedOperation> remembered;
    if (named.empty())
        return remembered;
    remembered.assign(received.begin(), received.end());
    for (auto& one : remembered) {
        if (!one.operation || (!named.contains(one.operation->id) && !named.contains(one.operation->subject)))
            continue;
        TRY(auto left, as_far_as_remembered(sql, one, now_ms, appended));
        if (!left.json.empty())
            one = std::move(left);
    }
    return remembered;
}

// Whoever has a tablet's seed can say anything in its name: what is not an officer's to say is kept, and
// set aside.  Empty: there is none.
std::vector<wire::OpenedOperation> with_others_set_aside(std::span<const wire::OpenedOperation> received) {
    std::vector<wire::OpenedOperation> judged;
    for (std::size_t i = 0; i < received.size(); ++i) {
        const auto& one = received[i];
        auto why = one.operation && one.problem.empty() ? why_not_an_officers(*one.operation) : std::string{};
        if (why.empty())
            continue;
        if (judged.empty())
            judged.assign(received.begin(), received.end());
        judged[i].problem = std::move(why);
    }
    return judged;
}

// Where each place in the feed is given out by us.  False: one by one, then.
Result<bool> keep_together(SqlConnection& sql, std::vector<Incoming>& arrivals, std::uint64_t feed,
                           HybridClock& hybrid, Appended& appended) {
    for (auto& arrival : arrivals)
        arrival.pull_sequence = ++feed;
    TRY(const bool added, add_together(sql, arrivals));
    if (added)
        for (const auto& arrival : arrivals)
            note(arrival, WasKept::added, hybrid, appended);
    return added;
}

}  // namespace

Result<Appended> Transaction::append_received(std::span<const wire::OpenedOperation> received,
                                              const Uuid& enrolment) {
    auto& store = *state_->store;
    const bool at_endpoint = store.role == StoreRole::endpoint;
    const auto judged = at_endpoint && !enrolment.is_nil() ? with_others_set_aside(received)
                                                           : std::vector<wire::OpenedOperation>{};
    if (!judged.empty())
        received = judged;
    return in_savepoint<Appended>(sql(), [&]() -> Result<Appended> {
        Appended appended;
        const auto now = store.clock->now_ms();
        bool forgets = false;
        TRY(auto feed, at_endpoint ? lock_feed_of(store, store.subject_keys ? &forgets : nullptr)
                                   : Result<std::uint64_t>(0));
        std::vector<wire::OpenedOperation> remembered;
        if (forgets) {
            TRY(remembered, all_as_far_as_remembered(sql(), received, now, appended));
        }
        auto arrivals = placed(remembered.empty() ? received : remembered, enrolment, now, store);
        PatchCount counted;
        if (at_endpoint)
            TRY_DO(find_patches(sql(), arrivals));
        TRY(const bool together,
            at_endpoint ? keep_together(sql(), arrivals, feed, store.hybrid, appended) : Result<bool>(false));
        if (together) {
            feed += arrivals.size();
            for (const auto& arrival : arrivals)
                counted.add(arrival);
        }
        for (auto& arrival : arrivals) {
            if (together)
                break;
            arrival.pull_sequence = at_endpoint ? std::optional(feed + 1) : std::nullopt;
            TRY(const auto kept, keep(sql(), arrival));
            if (at_endpoint && kept == WasKept::added) {
                ++feed;
                counted.add(arrival);
            }
            note(arrival, kept, store.hybrid, appended);
        }
        if (at_endpoint)
            TRY_DO(keep_feed(sql(), feed));
        TRY_DO(counted.keep(sql()));
        TRY_DO(keep_hybrid_clock(sql(), store.hybrid));
        return appended;
    });
}

Result<bool> Transaction::append_all_new(std::span<const Received> received) {
    auto& store = *state_->store;
    assert(store.role == StoreRole::endpoint);
    const auto now = store.clock->now_ms();
    bool forgets = false;
    TRY(auto feed, lock_feed_of(store, store.subject_keys ? &forgets : nullptr));
    if (forgets) {
        TRY(const auto named, named_by_orders(sql(), received));
        if (!named.empty())
            return false;
    }
    std::vector<Incoming> arrivals;
    for (const auto& part : received) {
        auto more = placed(part.facts, part.enrolment, now, store);
        std::move(more.begin(), more.end(), std::back_inserter(arrivals));
    }
    TRY_DO(find_patches(sql(), arrivals));
    Appended appended;
    PatchCount counted;
    for (auto& arrival : arrivals) {
        arrival.pull_sequence = ++feed;
        counted.add(arrival);
    }
    TRY_DO(add_all_new(sql(), arrivals));
    for (const auto& arrival : arrivals)
        note(arrival, WasKept::added, store.hybrid, appended);
    if (!appended.quarantined.empty())
        return false;
    TRY_DO(keep_feed(sql(), feed));
    TRY_DO(counted.keep(sql()));
    TRY_DO(keep_hybrid_clock(sql(), store.hybrid));
    return true;
}

Result<void> Transaction::keep_envelope(const Uuid& enrolment, const wire::Envelope& envelope,
                                        const Sha256& chain_after) {
    return keep_envelope_once(sql(), enrolment, envelope, chain_after);
}

}  // namespace doorstep
