// A tablet's unsent records on a stick, and those of another tablet taken along: without a
// passphrase, since nobody can read them on the way.
#pragma once

#include <string>

#include "client/app/tablet_places.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"

namespace doorstep {

// Writes everything unsent into the file `out`, on the disk when it returns; what to print.
// Works on a tablet whose disk cannot be written, and on the store of a newer Doorstep.
Result<std::string> rescue(const TabletPlaces& places, const std::string& out, const Clock& clock,
                           Random& random);

// Keeps another tablet's rescue file until this one's next sync hands it to the endpoint.
Result<std::string> carry(const TabletPlaces& places, const std::string& file, const Clock& clock,
                          Random& random);

}  // namespace doorstep
