// Who a tablet is, beside its sealed store, for as long as it is locked: it sends and
// receives under this identity when nobody is signed in.  A small file under the device
// secret: a copy of the folder tells neither the token nor the address of the centre.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "sync/store/store.h"
#include "sync/vault/device_secret.h"

namespace doorstep {

// Durable when it returns; mode 0600.  Errors: those of write_durably().
Result<void> keep_identity(const std::string& file, const TabletIdentity& identity,
                           const DeviceSecret& device);
// not_found: never enrolled.  damaged: altered, or sealed on another device.
Result<TabletIdentity> read_identity(const std::string& file, const DeviceSecret& device);

}  // namespace doorstep
