// Facts of a home that was forgotten, where nothing tells whether they were recorded before the order or
// after it: nothing is destroyed, no tablet is given them and nothing leaves, until a person decides.
#pragma once

#include <cstdint>

#include "forms/base/result.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Why such a fact is set aside, and by what the row is known: who words it otherwise one day must know this
// one too.  Whoever recorded it still has it.  It stays so until its home is forgotten
// again.
inline constexpr const char* in_doubt_reason =
    "Its home was forgotten, and the tablet's clock leaves open whether this was recorded before or after. "
    "If "
    "before, forget the home again; if after, have it recorded again.";

// Readings of a hybrid clock (operation/hybrid_clock.h).
struct RecordedBetween {
    std::uint64_t earliest = 0;
    std::uint64_t latest = 0;
};

// Of a fact that arrives: whether an order about its home lies between.  What was here before, or was
// forgotten itself, is in no doubt any more.
Result<bool> is_in_doubt(SqlConnection& sql, const Operation& arrived, RecordedBetween recorded);
// Whether that home was forgotten once, by whatever order.
Result<bool> was_forgotten(SqlConnection& sql, const Uuid& home);

}  // namespace doorstep
