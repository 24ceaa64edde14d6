// A store that was set back: its second copy knows what it knows no more.
#pragma once

#include <cstdint>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/second_copy.h"
#include "sync/store/store.h"

namespace doorstep {

struct PuttingBackDone {
    PutBack told;
    std::vector<CopiedEnvelope> unreadable;  // not taken in
    bool copy_differs = false;               // from what is unsent now: it is to be written anew
};

// Puts into the store what of the copy was not acknowledged and is not there: the same bytes at the
// same places where they follow, so that the chain is the one that the endpoint may know; facts whose
// places were taken meanwhile go out anew, each under its id.  Places that the mark of the copy names are
// never given out again.  One transaction; none where nothing is to be done.
// REQUIRES: a store of open_sealed()
Result<PuttingBackDone> put_back_from(Store& store, const CopyContent& copy);

}  // namespace doorstep
