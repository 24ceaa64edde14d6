// What can be said of a request before its turn, without the database: whether that key signed it, and
// what the facts of a push are.  Pure, so that another thread may work it out (ahead_of_turn.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sync/endpoint/expanded_bytes.h"
#include "sync/store/concern_notice.h"
#include "sync/vault/endpoint_keys.h"
#include "sync/vault/signing.h"
#include "sync/wire/messages.h"
#include "sync/wire/phrases.h"

namespace doorstep {

struct EndpointParts;
struct EndpointRequest;

// An envelope, opened.  One that does not open is one unreadable fact: its bytes, and why.
struct OpenedFacts {
    std::vector<wire::OpenedOperation> facts;
    std::vector<RestrictedPart> restricted;  // of all its questionnaires
};
// Nothing: there is no `room` for what it expands to.
std::optional<OpenedFacts> open_facts(const wire::Envelope& envelope, const WorkingKeys* keys,
                                      const wire::PhraseBooks& books, ExpandedBytes& room);
std::vector<RestrictedPart> restricted_of(std::span<const wire::OpenedOperation> facts,
                                          const WorkingKeys* keys, const wire::PhraseBooks& books);

struct Foreseen {
    // Before it is worked out: whose row the tablet's is, as it stood when the batch began.
    VerifyKey key{};
    Sequence acked_through = 0;
    // After: nothing of it holds unless `good`.
    bool worked_out = false;
    bool good = false;
    std::optional<Result<wire::PushRequest>> push{};  // nothing: it is none
    // By envelope; of those that were known, nothing.  Empty: it is not opened before its turn, for it does
    // not go on where its tablet stands, or expands to too much.
    std::vector<OpenedFacts> opened{};
    bool postponed = false;  // there was no room: it may be worked out once more, when others are let go
    std::size_t held = 0;    // of the room
};
// `room` is that of all that is worked out ahead; give back what is `held` when it is let go.
void work_out(Foreseen& foreseen, const EndpointRequest& request, const WorkingKeys* keys,
              const wire::PhraseBooks& books, ExpandedBytes& room);

}  // namespace doorstep
