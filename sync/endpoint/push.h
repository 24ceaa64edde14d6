// What the way of a push by itself (push.cpp) and that of several together (pushes_together.h) share.
#pragma once

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
// The answer, but for what of it was set aside.
wire::PushReply acknowledgement(const Call& call, const wire::PushRequest& request, const Uuid& epoch);

}  // namespace doorstep
