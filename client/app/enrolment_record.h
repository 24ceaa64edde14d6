// What a tablet itself keeps about its enrolments, beside the centre's audit: a small file under the device
// secret, so that a copy of the folder tells nothing.
#pragma once

#include <string>

#include "client/app/tablet_places.h"
#include "forms/base/result.h"
#include "sync/vault/device_secret.h"

namespace doorstep {

// A line more; the oldest go when there are more than a hundred.  Durable when it returns.
Result<void> record_enrolment(const TabletPlaces& places, const DeviceSecret& device,
                              const std::string& line);
// All lines; empty where none was kept.  damaged: altered, or of another device.
Result<std::string> recorded_enrolments(const TabletPlaces& places, const DeviceSecret& device);

}  // namespace doorstep
