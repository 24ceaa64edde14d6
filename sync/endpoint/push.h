// What the way of a push by itself (push.cpp) and that of several together (pushes_together.h) share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sync/endpoint/endpoint_state.h"
#include "sync/store/own_envelopes.h"
#include "sync/wire/messages.h"

namespace doorstep {

// Whether it goes on where its tablet stands, and nothing about it is to be refused, compared or learnt.
// REQUIRES: call.epoch.
bool goes_straight_on(const Call& call, const wire::PushRequest& request);
// Where each of its envelopes stands.
std::vector<PlacedEnvelope> places_of(const wire::PushRequest& request);
// How many are left on the tablet, as it said, once all of this is here.
std::uint64_t left_unsent(const wire::PushRequest& request);
// What its envelopes may expand to together; whoever keeps the centre brings what he likes.
std::size_t room_for_push(const Call& call);
EndpointResponse expands_to_too_much();
// Of a type, or a version of a type, that is not known here: it is kept whole, and can be anything.
std::uint64_t unknown_bytes(const OpenedFacts& opened);
// The answer, but for what of it was set aside.
wire::PushReply acknowledgement(const Call& call, const wire::PushRequest& request, const Uuid& epoch);

}  // namespace doorstep
