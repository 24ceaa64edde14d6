// The inside of Endpoint, shared by its routes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sync/endpoint/ahead_of_turn.h"
#include "sync/endpoint/caller_role.h"
#include "sync/endpoint/endpoint.h"
#include "sync/endpoint/foreseen.h"
#include "sync/store/subject_keys.h"
#include "sync/wire/messages.h"
#include "sync/wire/phrases.h"

namespace doorstep {

struct EndpointParts {
    SqlConnection& sql;
    const Directory& directory;
    const Clock& clock;
    Random& random;
    Store store;
    std::string safeguarding_key;      // public half, 32 bytes
    std::optional<KeyPair> made_here;  // only when nobody else keeps the secret half
    std::string sealing_key{};         // public half, 32 bytes, or empty
    std::optional<WorkingKeys> keys{};
    std::shared_ptr<const wire::PhraseBooks> books = std::make_shared<const wire::PhraseBooks>();
    std::unique_ptr<SubjectKeys> subject_keys{};  // with the keys
    std::string min_app{};                        // empty: any app will do
    std::unique_ptr<AheadOfTurn> ahead{};         // null: everything has its turn
    Uuid epoch{};  // of a batch that locked the feed, to its end: nobody can change it; else nil
};
struct Endpoint::State : EndpointParts {};

// A tablet as its row says.
struct TabletRow {
    Uuid enrolment;
    std::string tablet;
    Sequence acked_through = 0;
    Sha256 chain;
    std::int64_t last_seen_ms = 0;
    Sequence durable_through = 0;  // what a backup off site holds
    // What it pushes up to here may have reached its agency before a restore; -1: its next push
    // tells.
    std::int64_t suspect_through = 0;
    std::string verify_key{};     // Ed25519 public, 32 bytes; empty: enrolled before requests were signed
    std::int64_t revoked_ms = 0;  // 0: not
    std::uint64_t order_counter = 0;
    std::string order_mode{};       // "wipe", "retire" or nothing
    std::int64_t clock_off_ms = 0;  // as it was last; 0: as good as ours
};

// What a tablet says of its clock (clock_skew.h).
struct ClockReading {
    std::int64_t tablet_ms = 0;
    std::int64_t here_ms = 0;
    std::int64_t off_ms() const { return tablet_ms - here_ms; }  // above 0: it is fast
};

// One request on its way through the routes.
struct Call {
    const EndpointRequest& request;
    std::map<std::string, std::string, std::less<>> query;
    Transaction& transaction;
    const Directory& directory;
    const Clock& clock;
    Store& store;
    const std::string& safeguarding_key;
    TabletRow tablet;
    const WorkingKeys* keys = nullptr;
    const wire::PhraseBooks* books = nullptr;
    std::string_view min_app{};
    bool rescued = false;  // brought by somebody else: the tablet itself was not seen
    std::optional<ClockReading> clock_reading{};
    Foreseen* foreseen = nullptr;  // of this request, worked out; null: it was not
    std::optional<Uuid> branch{};  // of the tablet, under which its facts are kept (branches.h)
    Uuid epoch{};                  // nil: it is to be asked for
};

// As it begins: of a tablet, in a batch.
Call call_of(EndpointParts& state, const EndpointRequest& request, Transaction& transaction,
             TabletRow tablet);

// The routes.  An error is the store's, and becomes a 503; what the tablet did wrong
// is a response.
Result<EndpointResponse> push(Call& call);
Result<EndpointResponse> pull(Call& call);
Result<EndpointResponse> tablet_status(Call& call);
Result<EndpointResponse> rescue(Call& call);
Result<EndpointResponse> parcel_list(Call& call);
Result<EndpointResponse> parcel_part(Call& call);
Result<EndpointResponse> ask_for_enrolment(Call& call);
Result<EndpointResponse> media_stand(Call& call);
Result<EndpointResponse> media_piece(Call& call);
struct KeptFacts {
    bool set_aside = false;                     // some of it was
    std::optional<EndpointResponse> refused{};  // nothing was kept
};
// What envelopes of call.tablet held: into the log, the outbox and the list of concerns.
Result<KeptFacts> take_facts(Call& call, const OpenedFacts& opened);
// The way of every push, whoever brought it: of call.tablet.
Result<EndpointResponse> take_push(Call& call, const wire::PushRequest& request);
// Finds out who asks, whether it may, and answers.
Result<EndpointResponse> route(EndpointParts& state, const EndpointRequest& request, Transaction& transaction,
                               Foreseen* foreseen);

// What another program on the same database may have changed; nothing where there can be none.
Result<void> read_again(EndpointParts& state);

// bad_input: it is none.
Result<void> check_tablet_name(std::string_view name);
Result<std::optional<TabletRow>> find_enrolment(SqlConnection& sql, const Uuid& enrolment);
struct LockedTablet {
    TabletRow row;
    std::uint64_t last_number = 0;  // of the requests that it signed
};
// Those that there are; as with find_enrolment() their rows stay as they are until the commit.
Result<std::map<Uuid, LockedTablet>> lock_tablets(SqlConnection& sql, std::vector<Uuid> enrolments);

}  // namespace doorstep
