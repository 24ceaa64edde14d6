// A tablet that is enrolled anew takes along what it could not send under the enrolment before.
#pragma once

#include <cstdint>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/store/store_state.h"

namespace doorstep {

// The facts of `before` beyond `acked`, to `last`, go out once more under the enrolment that sync_state names
// now, from its first place on, sealed to the key of tablet_identity, each under the id that it
// has: whoever holds it already knows it again.  Their old envelopes go, unless one of
// them cannot be read here any more.  How many.
// REQUIRES: a transaction is open
Result<std::int64_t> take_along(StoreParts& store, const Uuid& before, Sequence acked, Sequence last);

}  // namespace doorstep
