// What this tablet witnesses of its endpoint's audit, for whoever holds the two against each other.
#pragma once

#include <string>

#include "client/app/tablet_places.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"

namespace doorstep {

// A line for each head that is kept, oldest first, for `doorstep-endpoint audit --check-heads`.  Needs no
// passphrase: nothing of it is personal.  conflict: a Doorstep has the records open.
Result<std::string> audit_heads(const TabletPlaces& places, const Clock& clock, Random& random);

}  // namespace doorstep
