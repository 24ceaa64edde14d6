// An endpoint's folder from before there were subject keys: its bodies are sealed, what names
// people beside them goes, and so do the envelopes as they came.
#pragma once

#include "sync/store/store.h"
#include "sync/store/subject_keys.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

// A few hundred in a transaction: a kill costs the one in flight, and the next start goes on
// where it stood.  Quick when there is nothing to do.  The write-ahead log keeps the old pages
// until the caller's checkpoint.
Result<void> seal_plain_bodies(Store& store, const SubjectKeys& keys, const PublicKey& sealing);

}  // namespace doorstep
