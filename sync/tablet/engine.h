// One sync of a tablet, without I/O and without a clock of its own: events in,
// effects out.  The runner (runner.h) and the simulator carry the effects out.
//
// An attempt pushes what is not acknowledged and pulls what is new; neither waits
// for the other.  Nothing is taken as acknowledged but a whole, well-formed reply
// of our endpoint that names our enrolment's chain.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/http/http_client.h"
#include "sync/store/outbound_media.h"
#include "sync/store/store.h"
#include "sync/tablet/parcel_folder.h"
#include "sync/tablet/sync_trouble.h"
#include "sync/wire/messages.h"
#include "sync/wire/order.h"

namespace doorstep {

// --- effects: what the engine asks for ---------------------------------------
enum class Lane : std::uint8_t { status, push, pull, rescue, parcels, media };

struct SendRequest {
    Lane lane;
    std::uint64_t attempt = 0;  // echoed in the reply, so that a late one is known
    HttpRequest request;
};
struct LoadUnsent {  // answered by UnsentLoaded
    Sequence after = 0;
    std::size_t bytes = 0;
};
struct KeepAcknowledgement {  // answered by Kept
    wire::PushReply reply;
};
struct KeepPage {  // answered by Kept
    wire::PullReply page;
};
struct Rewind {  // answered by Kept
    Uuid epoch;
    Sequence acked_through = 0;
    std::uint64_t cursor = 0;
};
struct KeepScope {                     // answered by Kept
    std::vector<std::string> patches;  // none: everything
};
struct LearnKeys {
    std::string safeguarding_key;
};
struct KeepStanding {  // what the endpoint says of its backups, its audit and the time
    Sequence durable_through = 0;
    std::optional<wire::AuditHead> audit_head;
    std::int64_t told_ms = 0;
};
struct EndSignIns {  // of officers who left, on this tablet
    std::vector<std::string> officers;
};
struct TakeLicence {  // for the vault of this tablet, locked or open
    wire::TabletLicence licence;
};
struct LoadRescued {                // of another tablet; answered by RescuedLoaded
    std::uint64_t passed_over = 0;  // in front of it, that were not taken in this round
};
struct DropRescued {  // answered by Kept
    std::string frame;
    bool refused = false;  // the endpoint will never take it
};
struct KeepParcelList {  // answered by ParcelsKept
    wire::ParcelList list;
};
struct KeepParcelPart {  // answered by ParcelsKept
    ParcelWant asked;
    std::string part;
};
struct LoadMedia {  // signatures and photos that wait; answered by MediaLoaded
    MediaPlace after;
    bool photos = true;
};
struct LoadPiece {  // answered by PieceLoaded
    Uuid attachment;
    std::uint32_t number = 0;
};
struct KeepMediaFate {  // answered by Kept
    std::vector<Sha256> media;
    MediaFate fate = MediaFate::sent;
};
struct WakeAt {
    std::int64_t at_ms = 0;
};
using Effect = std::variant<SendRequest, LoadUnsent, KeepAcknowledgement, KeepPage, Rewind, KeepScope,
                            LearnKeys, KeepStanding, EndSignIns, TakeLicence, LoadRescued, DropRescued,
                            KeepParcelList, KeepParcelPart, LoadMedia, LoadPiece, KeepMediaFate, WakeAt>;

// --- events: what happened -----------------------------------------------------
struct Begin {  // at start, and after a crash
    SyncPosition position;
    Uuid enrolment;
    std::int64_t now_ms = 0;
    Uuid vault{};  // whose licence is asked for; nil: none is
    // Of the reference data that is here (ParcelStand); nothing: this tablet keeps none.
    std::optional<Sha256> parcels{};
    bool media = false;  // attachments are sent from here
};
struct SyncNow {  // the officer; a new network, a charger
    std::int64_t now_ms = 0;
    // Nobody asked: within two seconds, so that tablets which met the same network do not come
    // at once.
    bool by_itself = false;
};
struct Woken {
    std::int64_t now_ms = 0;
};
struct FactsKept {  // own facts were kept
    Sequence last_sequence = 0;
    std::int64_t now_ms = 0;
};
struct Replied {
    Lane lane;
    std::uint64_t attempt = 0;
    Result<HttpReply> reply;
    std::int64_t now_ms = 0;
    HttpFault fault = HttpFault::none;  // why there is no reply, where the client tells
};
struct UnsentLoaded {
    std::vector<wire::Envelope> envelopes;
    Sha256 chain_before;
    std::int64_t now_ms = 0;
};
struct RescuedLoaded {
    std::string frame;  // empty: none
    std::int64_t now_ms = 0;
};
struct Kept {  // an effect of Keep.. or Rewind is durable, or failed
    Lane lane;
    Result<SyncPosition> position;
    std::int64_t now_ms = 0;
};
struct ParcelsKept {
    Result<ParcelStand> stand;
    std::int64_t now_ms = 0;
};
struct MediaLoaded {
    Result<OutboundMedia> media;
    std::int64_t now_ms = 0;
};
struct PieceLoaded {
    Result<std::string> sealed;
    std::int64_t now_ms = 0;
};
// Whether photos may go now: on charge, or where a network costs nothing by the byte.  They may, until
// something else is said; signatures go always.
struct PhotosMayGo {
    bool may = true;
    std::int64_t now_ms = 0;
};
using Event = std::variant<Begin, SyncNow, Woken, FactsKept, Replied, UnsentLoaded, RescuedLoaded, Kept,
                           ParcelsKept, MediaLoaded, PieceLoaded, PhotosMayGo>;

// What the sync page says.
struct SyncState {
    enum class What : std::uint8_t {
        idle,
        working,
        waiting,
        offline,
        not_our_endpoint,
        wrong_clock,
        refused,
        storage_trouble
    } what = What::idle;
    std::uint64_t unsent = 0;
    std::uint64_t sent = 0;
    std::uint64_t not_backed_up = 0;             // of what was sent: in no backup of the endpoint yet
    std::vector<wire::Quarantined> quarantined;  // newly told by the endpoint
    std::string words;                           // why it waits and what to do; no personal data
    SyncTrouble trouble = SyncTrouble::none;
    std::int64_t clock_off_ms = 0;  // of this tablet against the endpoint's; 0: not known
    std::int64_t proven_ms = 0;     // the time that the endpoint told last, under its signature; 0: none
    std::uint64_t to_pull = 0;      // places of the feed that are not here yet
    bool parcels_coming = false;    // questionnaires, addresses or the directory are being fetched
    std::int64_t next_try_ms = 0;   // 0: none planned
    bool up_to_date = false;        // pushed and pulled everything known, and sent what may go now
    // What the centre ordered, and whether it is to be carried out now: a wipe at once, and a
    // retirement when nothing is unsent any more.  By whoever owns the files (erase_tablet.h).
    std::optional<wire::OrderMode> order{};
    bool order_is_due = false;
};

// An app at work: its clock is meant to tell the time, and is told to the endpoint, which mends what was
// recorded by a wrong one.  Whatever plays other years than the endpoint's (seasons, simulations) is not.
struct AppAtWork {
    std::string version;  // "0.1.0"; empty: as new as any
};

class SyncEngine {
public:
    // `random` is for the jitter and must outlive the engine.
    explicit SyncEngine(Random& random, std::optional<AppAtWork> at_work = {});
    std::vector<Effect> step(const Event& event);
    const SyncState& state() const;

    SyncEngine(SyncEngine&&) noexcept;
    ~SyncEngine();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
