// A tablet that is enrolled anew takes along what it recorded under the enrolment before, sent or not.
#pragma once

#include <cstdint>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/store/store_state.h"

namespace doorstep {

struct TakenAlong {
    std::int64_t facts = 0;
    std::int64_t unsent = 0;  // those of them beyond `acked`
};

// The facts of `before` beyond `after`, as far as they can be read here, go out once more under the enrolment
// that sync_state names now, from its first place on, sealed to the key of tablet_identity, each under the id
// that it has: whoever holds it already knows it again.  An old envelope goes when all that it held does; one
// that holds what cannot be read here any more (retention.h) stays.
// REQUIRES: a transaction is open
Result<TakenAlong> take_along(StoreParts& store, const Uuid& before, Sequence after, Sequence acked);

}  // namespace doorstep
