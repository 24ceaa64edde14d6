// Ids that follow from another one: as good as random to whoever does not know that one,
// and for free to whoever does.
#pragma once

#include <cstdint>

#include "forms/base/uuid.h"

namespace doorstep {

// The first 16 bytes of SHA-256("doorstep id" || root || n as four bytes, highest first), as a
// version 4 id.  Roots are random, so that no two are derived alike.
Uuid derived_id(const Uuid& root, std::uint32_t n);

}  // namespace doorstep
