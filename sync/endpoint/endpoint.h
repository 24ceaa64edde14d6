// The centre without a socket: requests in, responses out.
//
// handle() takes everything that came in at once: one transaction, a savepoint
// for each request, and the replies only after the commit.  A reply therefore
// never promises what a crash could take back.
//
// Not thread-safe: one writer thread owns it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/directory/directory.h"
#include "sync/endpoint/audit.h"
#include "sync/endpoint/erasure.h"
#include "sync/endpoint/parcels.h"
#include "sync/report/counts.h"
#include "sync/store/store.h"
#include "sync/vault/endpoint_keys.h"
#include "sync/vault/sealed_box.h"
#include "sync/wire/signed_text.h"

namespace doorstep {

struct EndpointRequest {
    std::string method;
    std::string target;      // path and query
    wire::RequestMark mark;  // who signed it
    std::string content_type;
    std::string content_encoding;  // must be empty
    std::string body;
    std::string from{};  // the address that it came from (of IPv6 its network); empty: nobody knows
};

struct EndpointResponse {
    int status = 500;
    std::string content_type;
    std::string body;
    int retry_after_s = 0;    // 0: none
    std::string allow;        // with 405: the method that is
    std::string signature{};  // base64; empty where it answers no signed request
    std::string order{};      // for the tablet, signed (wire/order.h); empty: none
};

struct Enrolment {
    Uuid enrolment;
    std::string tablet;
    std::string seed;  // Ed25519, 64 hex digits: shown once; its public half is kept
    // Public halves, 32 bytes each.
    std::string sealing_key{};
    std::string signing_key{};
    std::string safeguarding_key{};
    std::string recovery_key{};
};

// What the operator sees of a tablet.
struct EnrolledTablet {
    Uuid enrolment;
    std::string tablet;
    Sequence acked_through = 0;
    std::uint64_t unsent = 0;           // as it said when it was last seen
    std::int64_t last_seen_ms = 0;      // 0: never
    std::int64_t clock_off_ms = 0;      // above 0 it is fast; 0: as good as ours
    std::int64_t clock_suspect_ms = 0;  // when it was wrong last; 0: never
    std::int64_t forked_ms = 0;         // when another history of it came first; 0: none did
    bool has_hole = false;              // a rescue file brought facts behind some that are missing
};

// What a part of a rescue file brought.
struct TakenIn {
    std::string tablet;
    Uuid enrolment;
    std::uint64_t facts = 0;  // known ones included
    Sequence acked_through = 0;
    std::size_t set_aside = 0;
    // Its facts are here, and its place in the tablet's sequence is not: something before it is missing,
    // or the tablet's storage was copied or set back.
    enum class Beside : std::uint8_t { no, behind_hole, other_history } beside = Beside::no;
};

class Endpoint {
public:
    // Gives the public half of the safeguarding key when the store has none yet, or an
    // empty one while there is none; the secret half must be kept durably before it returns.
    // Nothing of the secret half ever enters the database.
    using FirstSafeguardingKey = std::function<Result<PublicKey>()>;

    // `sql`, `directory`, `clock` and `random` must outlive it.  Without a
    // `first_key` all keys are made here and live in this object alone: for what is
    // itself gone when the program ends.
    static Result<Endpoint> open(SqlConnection& sql, const Directory& directory, const Clock& clock,
                                 Random& random, const FirstSafeguardingKey& first_key = {});
    Endpoint(Endpoint&&) noexcept;
    ~Endpoint();

    // What tablets seal is opened with these from now on.  conflict: tablets were given other
    // ones.
    Result<void> use_keys(WorkingKeys keys);
    // What tablets wrote short is read with these from now on: of all forms that they may have.
    void use_books(std::shared_ptr<const wire::PhraseBooks> books);
    // From now on a second thread opens what handle() was given, while what came before is written.  The
    // outcome is the same.
    void work_ahead();
    // The oldest app that understands all that it pulls, told with every answer; empty: any.
    // bad_input: no version (wire/app_version.h).
    Result<void> ask_for_app(const std::string& version);
    // What was set aside for want of a form that is here now: into the log, by itself; how many facts.
    Result<std::uint64_t> read_set_aside();
    // Null before use_keys().
    const WorkingKeys* keys() const;
    // The public half that tablets were given, whether the keys are here or not; empty: none was.
    PublicKey sealing_key() const;

    std::vector<EndpointResponse> handle(std::span<const EndpointRequest> requests);

    // What the operator's commands do, beside a running `serve` through its socket.
    // refused: there are no keys yet to give to a tablet.  `who` goes into the audit.
    Result<Enrolment> enrol(const std::string& tablet, const std::string& who = "operator");
    // With the pair that the tablet made itself: no seed is given back.  `beside` belongs to the same
    // transaction: its error is the answer, and nothing was enrolled.
    Result<Enrolment>
    enrol_with_key(const std::string& tablet, const VerifyKey& verify_key, const std::string& who,
                   const std::function<Result<void>(SqlConnection&, const Enrolment&)>& beside = {});
    Result<Counts> report(const Period& period, const std::string& column_set);
    Result<std::vector<EnrolledTablet>> tablets();  // by name
    // A frame of a rescue file (rescue.h); the same again changes nothing.  refused: not of one of
    // our tablets, or too much for today.
    Result<TakenIn> take_in(std::string_view frame, const std::string& who = "operator");
    // What was done beside the store: one entry of the audit, durable when it returns.
    Result<void> note(const AuditEntry& entry);

    // Reference data for the tablets (parcels.h): all of it, or none.  refused: there are no keys yet.
    Result<std::vector<PublishedParcel>> publish(const std::vector<NewParcel>& wanted,
                                                 const std::string& who = "operator");
    // not_found, as drop_parcel() and give_areas() say.
    Result<void> unpublish(wire::ParcelKind kind, const std::string& name,
                           const std::string& who = "operator");
    Result<void> give_addresses(const std::string& tablet, const std::vector<std::string>& areas,
                                const std::string& who = "operator");

    Store& store();
    // What erasure.h and retention need of it; the list must outlive the use.  refused without keys.
    Result<Forgetting> forgetting(const ErasureList& list);
    // The public half that tablets seal to.
    PublicKey safeguarding_key() const;
    // Null unless the pair was made by this object.
    const KeyPair* safeguarding_pair() const;

private:
    struct State;
    explicit Endpoint(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
