// What Store and Transaction share.
#pragma once

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/operation/hybrid_clock.h"
#include "sync/store/store.h"

namespace doorstep {

struct StoreParts {
    SqlConnection* sql;
    StoreRole role;
    const Clock* clock;
    Random* random;
    HybridClock hybrid;
    SecondCopy* second_copy = nullptr;
};
struct Store::State : StoreParts {};

// Puts the hybrid clock's reading into the transaction.
Result<void> keep_hybrid_clock(SqlConnection& sql, const HybridClock& hybrid);

}  // namespace doorstep
