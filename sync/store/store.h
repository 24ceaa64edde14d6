// What this tablet, or the endpoint, knows: the log of operations, and the read
// model folded from it.
//
// Facts have one way in: Transaction::append().  The officer's finish, a pulled
// page, a push received at the endpoint and a state set by an agency all enter
// there.  Beside it the store keeps drafts (drafts.h), what was acknowledged and
// the cursor of the pull, in the same transactions.
//
// Invariant: the read model equals the fold of the log, whatever the order of
// arrival and however often a fact arrived; rebuild() proves it.  Reopening after
// a power cut shows all of a transaction or none of it.
//
// Not thread-safe: the writer thread owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "sync/operation/operation.h"
#include "sync/store/held_patches.h"
#include "sync/store/sql_connection.h"
#include "sync/wire/messages.h"

namespace doorstep::wire {
class PhraseBooks;
}

namespace doorstep {

// A locked tablet (locked_connection.h) sends and receives, and is refused all else.
enum class StoreRole { tablet, endpoint, locked_tablet };

// Who this tablet is, from its enrolment.
struct TabletIdentity {
    Uuid enrolment;
    std::string tablet;            // "tab-01"
    std::string endpoint;          // "http://127.0.0.1:8080"
    std::string seed;              // Ed25519, 64 hex digits: requests are signed with it
    std::string safeguarding_key;  // public, 32 bytes; empty until the first reply
    std::string sealing_key{};     // public, 32 bytes: what is sent is sealed to it; empty: it goes plain
    std::string signing_key{};     // of the endpoint, Ed25519 public, 32 bytes, or empty
    std::string recovery_key{};    // of the partnership, X25519 public, 32 bytes, or empty
};

// Where push and pull stand; one number per direction, no flags.
struct SyncPosition {
    std::optional<Uuid> epoch;
    Sequence acked_through = 0;
    Sha256 acked_chain;
    Sequence last_sequence = 0;     // newest of our own
    std::uint64_t cursor = 0;       // newest pulled
    std::int64_t last_sync_ms = 0;  // 0: never
    // Locked: own facts from before there was a key to seal to; they go after a sign-in.
    std::uint64_t only_unlocked = 0;
    std::uint64_t rescued = 0;      // frames of other tablets to hand on (rescue.h)
    Sequence durable_through = 0;   // what a backup of the endpoint covers of our own
    std::vector<HeldPatch> held{};  // what is pulled, by name; none: everything
    bool something_goes = false;    // of what was pulled before, and is not dropped yet
};

struct Appended {
    std::int64_t added = 0;                      // new to the log
    std::int64_t known = 0;                      // already there, byte for byte
    std::vector<wire::Quarantined> quarantined;  // kept, set aside, with the reason
    // Came after their home was forgotten, and are bare rows: by the order.
    std::vector<std::pair<Uuid, Uuid>> forgotten{};
};

// What a second copy gave back to a store that stood behind it.
struct PutBack {
    std::uint64_t facts = 0;        // not sent yet, and known again
    std::uint64_t sent_before = 0;  // at the endpoint, and known here no more
    std::uint64_t unreadable = 0;   // in the copy, and opened by no key of this tablet

    bool was_set_back() const { return facts + sent_before + unreadable > 0; }
    // For the officer: counts, no content; empty where nothing was set back.
    std::string text() const;
};

class SecondCopy;
class SubjectKeys;
class Store;

// All or nothing.  Rolled back when it goes out of scope without commit().
class Transaction {
public:
    Transaction(Transaction&&) noexcept;
    ~Transaction();

    // Own facts: mints sequences and hybrid clock readings (fields sequence, id when
    // nil, hybrid_clock, at_ms and offset when 0 are filled in), writes one envelope,
    // folds.  Returns the operations as kept.  Refuses what could not be pushed (one
    // envelope above limits::envelope_bytes_max).  At the endpoint: sequence 0, no
    // envelope, a place in the feed.  An error leaves the transaction as it was before.
    Result<std::vector<Operation>> append(std::vector<Operation> own);

    // Facts from elsewhere: a pulled page, a received envelope.  Known ones are
    // skipped; the same id with other bytes is kept aside as a fork.  At the endpoint
    // each new one gets the next place in the feed.
    Result<Appended> append_received(std::span<const wire::OpenedOperation> received, const Uuid& enrolment);

    // The endpoint, of several enrolments in their order: the same, where each fact is new, can be folded and
    // was never forgotten.  False: one is not; then, as after an error, the caller's savepoint is to be
    // rolled back.
    struct Received {
        Uuid enrolment;
        std::span<const wire::OpenedOperation> facts;
    };
    Result<bool> append_all_new(std::span<const Received> received);

    // The endpoint: the envelope as it was received, with the chain after it, so that a
    // resent one can be compared.  One already kept is left as it is.
    Result<void> keep_envelope(const Uuid& enrolment, const wire::Envelope& envelope,
                               const Sha256& chain_after);

    // Durable when it returns ok.
    Result<void> commit();

    SqlConnection& sql();  // for the endpoint's rows beside the facts: acknowledgement, clock, outbox

private:
    friend class Store;
    struct State;
    explicit Transaction(std::unique_ptr<State> state);
    Result<std::vector<Operation>> append_own(std::vector<Operation> own);
    std::unique_ptr<State> state_;
};

class Store {
public:
    // Opens the store and brings an older schema up to date (a copy is made first).
    // `sql`, `clock` and `random` must outlive it.  newer_version: nothing was changed.
    static Result<Store> open(SqlConnection& sql, StoreRole role, const Clock& clock, Random& random);
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    Result<Transaction> begin();

    // What is recorded from now on travels in the short form of these (sync/wire/shorthand.h).
    void write_short(std::shared_ptr<const wire::PhraseBooks> books);
    // From now on each finish is in the copy too before its commit returns, and what was
    // missing there is added at once.  What the copy has and this store has not is put back first,
    // before any place is given out twice (set_back.h).  It outlives the store; sealed stores only.
    Result<PutBack> keep_second_copy(SecondCopy& copy);
    // Facts whose parts were lost in a damaged file are put together again from bodies and
    // envelopes that were saved; how many.  rebuild() follows.
    Result<std::int64_t> put_together();

    // The tablet's side.  From enrolment() to rewind(), but for enrol(): locked too.
    Result<std::optional<TabletIdentity>> identity() const;
    // Facts kept before the first enrolment are taken over by it, and sealed to its key; so are those
    // that could not be sent under the enrolment before, as when the endpoint refuses it: how many.
    // conflict: that one was with another centre, whose facts are not for this one.
    Result<std::int64_t> enrol(const TabletIdentity& identity);
    Result<Uuid> enrolment() const;  // nil before the first
    // Locked, what was kept before there was a key to seal to is not counted: it goes when
    // somebody signs in.
    Result<SyncPosition> position() const;
    // Envelopes after `after`, oldest first, until `bytes` or `operations` would be
    // passed; always one at least when there is one.
    Result<std::vector<wire::Envelope>> unsent(Sequence after, std::size_t bytes,
                                               std::size_t operations) const;
    // The chain as it stood after that sequence, which must end an envelope.
    Result<Sha256> chain_at(Sequence sequence) const;
    Result<void> acknowledge(const wire::PushReply& reply);
    // Page and cursor in one transaction; of a snapshot the page and how far that patch is here.  Locked, the
    // page waits for fold_waiting().
    Result<Appended> keep_page(const wire::PullReply& page);
    // From now on these patches are pulled, and none: everything (held_patches.h).  What was pulled of others
    // goes; locked: at the next sign-in.
    Result<void> keep_scope(const std::vector<std::string>& patches);
    // Folds the oldest page that came while the tablet was locked, in one transaction; false
    // when none waits.  See locked_connection.h.
    using OpenInbox = std::function<Result<SecretText>(std::string_view sealed)>;
    Result<bool> fold_one_waiting(const OpenInbox& open_inbox, Appended& appended);
    // After a new epoch: push again from `acked_through`, pull again from `cursor`.
    // What was pulled beyond it stays, and waits to be confirmed.
    Result<void> rewind(const Uuid& epoch, Sequence acked_through, std::uint64_t cursor);

    // What the endpoint says of itself with a status: how much of ours a backup covers, and the head of
    // its audit, of which the newest hundred are kept (standing.h).
    Result<void> keep_standing(Sequence durable_through, const std::optional<wire::AuditHead>& head);
    Result<std::vector<wire::AuditHead>> audit_heads() const;  // oldest first
    // Envelopes that were acknowledged 14 days ago and are covered by a backup go, but for the newest;
    // how many.  Only when nothing is unsent.
    Result<std::int64_t> purge_sent();
    // Facts of others that the endpoint lost with a restore and has not given out again: they stay.
    // Not locked.
    Result<std::uint64_t> provisional() const;

    // What another tablet could not send, carried on its behalf (rescue.h): the oldest that was
    // not handed on, and what became of it.  Empty: none.  Locked too.
    Result<std::string> next_rescued(std::uint64_t passed_over = 0) const;
    Result<std::vector<std::string>> rescued_frames() const;  // all that were not handed on
    Result<void> drop_rescued(std::string_view frame, bool refused);
    Result<bool> carry_rescued(std::string_view frame);  // false: it is here already

    // The endpoint's side.
    // From now on bodies are sealed under the key of their subject, and opened for whoever asks.
    // They must outlive the store.
    Result<void> use_subject_keys(const SubjectKeys& keys);
    // The JSON of one fact, opened for this one question; nothing when it is not here.  damaged: it does
    // not open.
    Result<std::optional<std::string>> body(const Uuid& operation) const;
    Result<Uuid> epoch() const;
    Result<std::uint64_t> cursor_max() const;  // the newest place in the feed
    // The feed after `after`, at most `limit`; the facts of `own` as ids only.  With a scope what is of
    // other patches too.
    Result<std::vector<wire::PulledOperation>> feed(std::uint64_t after, int limit, const Uuid& own,
                                                    std::span<const std::string> scope = {}) const;
    // Places of the feed after `after` and up to `through` at which facts of these patches stand, at most
    // `limit`.
    Result<std::vector<std::uint64_t>> feed_places(std::span<const std::string> patches, std::uint64_t after,
                                                   std::uint64_t through, std::uint64_t limit) const;
    // What stands there, at most `feed_step` of them, each with its patch; the facts of `own` as ids only.
    static constexpr std::size_t feed_step = 8;
    Result<std::vector<wire::PulledOperation>> feed_at(std::span<const std::uint64_t> places,
                                                       const Uuid& own) const;
    Result<Sha256> chain_at(const Uuid& enrolment, Sequence sequence) const;
    // Envelopes that were received, from the one that begins at `first`.
    Result<std::vector<wire::Envelope>> received(const Uuid& enrolment, Sequence first) const;

    // What is set aside, here or, as it told us, at the endpoint.
    Result<std::vector<wire::Quarantined>> quarantined() const;
    // Folds the whole log into an empty read model; afterwards both are equal to
    // what they were, or there was a fault in us.
    Result<void> rebuild();
    // The read model as text, table by table in a fixed order: what tests compare.
    Result<std::string> dump_read_model(bool counts_only = false) const;
    Result<std::vector<Operation>> log() const;  // by hybrid clock; tests and small tools

    SqlConnection& sql() const;
    const Clock& clock() const;

private:
    friend class Transaction;
    struct State;
    explicit Store(std::unique_ptr<State> state);
    Result<Transaction> begin_any();
    std::unique_ptr<State> state_;
};

// A folder that holds a store, made when missing (0700), and its file
// "doorstep.sqlite".  Errors name the folder and what to do.
Result<std::string> store_file(const std::string& folder);

}  // namespace doorstep
