// The inside of SyncEngine.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sync/tablet/engine.h"
#include "sync/tablet/judgement.h"
#include "sync/wire/limits.h"
#include "sync/wire/media.h"

namespace doorstep {

// One direction of the conversation.  Each waits for itself alone.
struct LaneState {
    enum class Doing : std::uint8_t { nothing, loading, asking, keeping } doing = Doing::nothing;
    std::uint64_t attempt = 0;       // of the request in flight; later and earlier ones are stale
    int failures = 0;                // in a row
    std::int64_t not_before_ms = 0;  // 0: at once
    bool asked_to_wait = false;      // by Retry-After: "sync now" does not overrule it
    std::optional<Trouble> trouble;  // of the last attempt
};

// On the way through what waits: signatures, then photos.
struct MediaWalk {
    MediaPlace after;
    std::vector<MediaToSend> page;             // of which the first is in hand
    std::map<Sha256, std::vector<bool>> have;  // what the endpoint has of them
    bool asked = false;                        // it said so
    bool done = false;                         // nothing more may go now
};

struct SyncEngine::State {
    State(Random& chance, std::optional<AppAtWork> app) : random(chance), at_work(std::move(app)) {}

    Random& random;
    std::optional<AppAtWork> at_work;
    std::optional<Trouble> app_trouble;  // nothing is pulled while it stands
    SyncState told;
    bool begun = false;
    bool stopped = false;       // refused: until the officer asks again
    bool status_known = false;  // the endpoint's place was compared with ours
    int surprises = 0;          // replies in a row that sent us back to the status
    Uuid enrolment;
    Uuid vault;  // nil: no licence is asked for
    SyncPosition position;
    std::uint64_t cursor_max = 0;  // as the endpoint told it last
    bool pull_wanted = false;
    std::optional<HeldPatch> history_asked;  // in flight; nothing: the feed
    bool compare_wanted = false;             // a history is whole: what the endpoint counts is asked for
    std::uint64_t attempts = 0;
    std::size_t push_bytes = limits::push_bytes_start;
    std::vector<ChainMark> sent;                 // the push in flight
    std::size_t sent_bytes = 0;                  // of its bodies
    std::optional<wire::TabletReply> comparing;  // while a Rewind is being kept
    std::string carrying;                        // for another tablet, in flight
    std::uint64_t passed_over = 0;               // of those: not taken in this round
    std::optional<Trouble> held_back;            // why, of the last of them
    std::optional<Sha256> parcels;               // the list in use; nothing: none is kept here
    bool parcels_wanted = false;                 // the endpoint has another list
    std::optional<ParcelWant> parcel_next;       // once that list is here
    std::optional<ParcelWant> parcel_asked;      // in flight; nothing: the list itself
    std::size_t part_bytes = limits::part_bytes_start;
    int spoilt = 0;  // times that what came was not what was published, since the last whole list
    bool keeps_media = false;
    bool photos_may_go = true;
    bool walk_again = false;  // from the start, when what is in flight has ended
    MediaWalk walk;
    std::optional<std::uint32_t> piece_in_flight;  // of the first of the page; nothing: a question
    std::set<Sha256> sent_anew;                    // after the endpoint threw it away; once
    std::uint64_t order_counter = 0;               // of the newest order that was heard
    std::array<LaneState, 6> lanes;

    LaneState& lane(Lane which) { return lanes[static_cast<std::size_t>(which)]; }

    // Whatever can be begun now is begun.
    void go_on(std::int64_t now, std::vector<Effect>& effects);
    void on(const Begin& event, std::vector<Effect>& effects);
    void on(const SyncNow& event, std::vector<Effect>& effects);
    void on(const Woken& event, std::vector<Effect>& effects);
    void on(const FactsKept& event, std::vector<Effect>& effects);
    void on(const Replied& event, std::vector<Effect>& effects);
    void on(const UnsentLoaded& event, std::vector<Effect>& effects);
    void on(const RescuedLoaded& event, std::vector<Effect>& effects);
    void on(const Kept& event, std::vector<Effect>& effects);
    void on(const ParcelsKept& event, std::vector<Effect>& effects);
    void on(const MediaLoaded& event, std::vector<Effect>& effects);
    void on(const PieceLoaded& event, std::vector<Effect>& effects);
    void on(const PhotosMayGo& event, std::vector<Effect>& effects);

    void status_replied(const wire::TabletReply& reply, std::int64_t now, std::vector<Effect>& effects);
    void push_replied(wire::PushReply reply, std::vector<Effect>& effects);
    void pull_replied(wire::PullReply reply, std::vector<Effect>& effects);
    void rescue_replied(const RescueVerdict& verdict, std::vector<Effect>& effects);
    void rescue_not_taken(const Trouble& trouble, std::int64_t now, std::vector<Effect>& effects);
    void end_rescue_round(std::int64_t now, std::vector<Effect>& effects);
    void ask_parcels(std::vector<Effect>& effects);
    void parcels_replied(const Replied& event, std::vector<Effect>& effects);

    void go_on_with_media(std::vector<Effect>& effects);
    void media_replied(const Replied& event, std::vector<Effect>& effects);
    void media_stands(const wire::MediaReply& reply, std::vector<Effect>& effects);
    void media_failed(const Trouble& trouble, std::int64_t now, std::vector<Effect>& effects);
    void media_altered(std::vector<Effect>& effects);
    void walk_media_again();

    std::string status_path(std::int64_t now) const;
    void send(Lane which, HttpRequest request, std::vector<Effect>& effects);
    void succeeded(Lane which);
    void status_is_known();
    void hear_order(const Result<HttpReply>& reply);
    void stands(const wire::TabletReply& reply, std::vector<Effect>& effects);
    void failed(Lane which, const Trouble& trouble, std::int64_t now, std::vector<Effect>& effects);
    void tell();
    bool may_begin(Lane which, std::int64_t now);
    bool is_behind() const;
    void ask_pull(std::vector<Effect>& effects);
    // The endpoint tells other areas than are pulled here: true, and they are being kept.
    bool keeps_scope_of(const wire::TabletReply& reply, std::vector<Effect>& effects);
};

}  // namespace doorstep
