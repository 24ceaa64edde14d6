// A tablet's unsent records on a stick, and those of another tablet taken along: without a
// passphrase, since nobody can read them on the way.
#pragma once

#include <string>

#include "client/app/tablet_places.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/store/rescue.h"

namespace doorstep {

// Everything unsent, as the tablet would have sent it: of the store, or of its second copy where the
// store cannot be read any more.  Works on a tablet whose disk cannot be written, and on the store
// of a newer Doorstep.  conflict: a Doorstep has it open.
struct GatheredRescue {
    Rescue rescue;
    std::string tablet;  // the name under which it was recorded
    bool from_second_copy = false;
};
Result<GatheredRescue> gather_rescue(const TabletPlaces& places, const Clock& clock, Random& random);
// The second copy alone, for who has the store open and cannot read it.
Result<GatheredRescue> gather_from_second_copy(const TabletPlaces& places, const Clock& clock);

// Writes it into the file `out`, on the disk when it returns; what to print.  refused: there is a
// file of that name, or it would lie in the tablet's own folder.
Result<std::string> rescue(const TabletPlaces& places, const std::string& out, const Clock& clock,
                           Random& random);

// Keeps another tablet's rescue file until this one's next sync hands it to the endpoint.
Result<std::string> carry(const TabletPlaces& places, const std::string& file, const Clock& clock,
                          Random& random);

}  // namespace doorstep
