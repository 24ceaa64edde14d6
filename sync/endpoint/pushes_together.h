// The pushes of a batch that are as almost all are, taken in together: where each statement is a round trip,
// sixty pushes of one record cost little more than one.  In all else a push goes by itself (push.h), and what
// comes of it is the same.
#pragma once

#include <span>
#include <vector>

#include "sync/endpoint/endpoint_state.h"

namespace doorstep {

struct PushInTurn {
    const EndpointRequest* request = nullptr;
    Foreseen* foreseen = nullptr;  // null: nothing is known of it
};

// Whether it may be one: what is gathered ends before the first that is not.
bool is_push(const EndpointRequest& request);

struct TakenTogether {
    std::vector<EndpointResponse> responses;
    std::size_t alone = 0;  // where there are none: so many from the first on go by themselves, at least one
};

// Takes in as many as belong together, from the first on, inside a savepoint of its own.  Each is from
// another tablet, goes straight on where that one stands, and names nothing that another one names: so it
// does not matter that they are not taken one after the other.  None: the first has something out of the
// ordinary, or something failed; then nothing was written.
TakenTogether take_together(EndpointParts& state, Transaction& transaction,
                            std::span<const PushInTurn> pushes);

}  // namespace doorstep
