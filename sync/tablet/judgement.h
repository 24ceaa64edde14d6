// What a reply is worth.  Pure: the engine acts on it.
//
// A reply counts only when it is whole, carries the endpoint's header, is signed by our
// endpoint in answer to our request (HttpReply::proven) and can be read.  Whatever else came is a trouble
// with words for the officer and with what to do next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "forms/base/result.h"
#include "sync/http/http_client.h"
#include "sync/tablet/engine.h"
#include "sync/tablet/sync_trouble.h"
#include "sync/wire/media.h"
#include "sync/wire/messages.h"

namespace doorstep {

struct Trouble {
    SyncState::What what = SyncState::What::waiting;
    std::string words;
    enum class Then : std::uint8_t {
        wait,        // and try again
        ask_status,  // the endpoint stands elsewhere than we thought
        stop         // trying again cannot mend it
    } then = Then::wait;
    std::int64_t retry_after_ms = 0;  // what the endpoint asked for; 0: nothing
    bool send_less = false;           // the next push should be smaller
    SyncTrouble kind = SyncTrouble::not_taken;
    bool too_large = false;  // the endpoint said so: down to one envelope, if need be
};

// A place where a push may be acknowledged: the end of one of its envelopes.
struct ChainMark {
    Sequence sequence = 0;
    Sha256 chain;
};
std::vector<ChainMark> chain_marks(const Sha256& before, const std::vector<wire::Envelope>& envelopes);

std::variant<wire::TabletReply, Trouble> judge_status(const Result<HttpReply>& reply);
// Valid only for our epoch and for a mark of what was sent with this attempt.
std::variant<wire::PushReply, Trouble> judge_push(const Result<HttpReply>& reply, const Uuid& epoch,
                                                  const std::vector<ChainMark>& sent);
struct PullAsked {
    Uuid epoch;
    Uuid enrolment;
    std::vector<std::string> scope;  // none: everything
    std::uint64_t cursor = 0;
    std::optional<HeldPatch> history{};  // of one patch; nothing: the feed
};
// Valid only for our epoch, our enrolment and our scope, from where we stand; of everything without a hole.
std::variant<wire::PullReply, Trouble> judge_pull(const Result<HttpReply>& reply, const PullAsked& asked);
// Of what is carried for another tablet: at the endpoint, or refused for good.
struct RescueVerdict {
    bool refused = false;
    std::string words;
};
std::variant<RescueVerdict, Trouble> judge_rescue(const Result<HttpReply>& reply);
// Of an app that the endpoint calls too old: it may still push.
std::optional<Trouble> judge_app(std::string_view version, const std::string& min_app);

// What a client knows of why there is no reply.
void tell_apart(Trouble& trouble, HttpFault fault);

std::variant<wire::ParcelList, Trouble> judge_parcel_list(const Result<HttpReply>& reply);
// The bytes of that part, no more than are lacking.
std::variant<std::string, Trouble> judge_parcel_part(const Result<HttpReply>& reply, const ParcelWant& asked);

// What the endpoint has, of our epoch; after a piece it must have that.  altered: the whole is not what was
// named, and was thrown away; unnamed: no fact names it there.
struct PieceSent {
    Sha256 media;
    std::uint32_t number = 0;
};
enum class MediaVerdict : std::uint8_t { altered, unnamed };
std::variant<wire::MediaReply, MediaVerdict, Trouble>
judge_media(const Result<HttpReply>& reply, const Uuid& epoch, const std::optional<PieceSent>& sent);

// Words that are said from more than one place.
Trouble storage_trouble(const Error& error);
Trouble not_as_published(const Error& error);  // of reference data: nothing of it was taken
Trouble copied_storage();                      // the endpoint knows another history of this tablet

}  // namespace doorstep
