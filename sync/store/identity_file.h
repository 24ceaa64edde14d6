// Who a tablet is, beside its sealed store, for as long as it is locked: it sends and
// receives under this identity when nobody is signed in.  A small file under the device
// secret: a copy of the folder tells neither the seed nor the address of the centre.
#pragma once

#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/store.h"
#include "sync/vault/device_secret.h"

namespace doorstep {

// Durable when it returns; mode 0600.  Errors: those of write_durably().
Result<void> keep_identity(const std::string& file, const TabletIdentity& identity,
                           const DeviceSecret& device);
// not_found: never enrolled.  damaged: altered, or sealed on another device.
Result<TabletIdentity> read_identity(const std::string& file, const DeviceSecret& device);

// A new enrolment is taken over when somebody signs in.  Until then the store's facts are of the
// one before, which stays beside it as "FILE.before": what is unsent can be rescued under it.
Result<void> renew_identity(const std::string& file, const TabletIdentity& identity,
                            const DeviceSecret& device);
// The one that holds now, then the one before it, if any.  Errors: those of read_identity() of the first.
Result<std::vector<TabletIdentity>> known_identities(const std::string& file, const DeviceSecret& device);
// The store took the new one over.  What cannot be removed is known one time longer.
void forget_identity_before(const std::string& file);

}  // namespace doorstep
