// The end of a tablet's data, by an order of its centre: the sign-ins first, then the device secret,
// without which nothing that is sealed can ever be opened, then who the tablet is, then the records.
#pragma once

#include <string>

#include "forms/base/result.h"

namespace doorstep {

// `folder`: with the vault, the identity and the records; nobody may have any of it open to write.
// What cannot be removed is passed over, and the first such error returned at the end; the same
// again goes on where it was cut off.
Result<void> erase_tablet(const std::string& folder, const std::string& device_secret_file);

}  // namespace doorstep
