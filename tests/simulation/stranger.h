// What nobody of ours sends: for the bounds of I15.
#pragma once

#include <cstdint>

#include "forms/base/random.h"
#include "sync/endpoint/endpoint.h"

namespace doorstep::simulation {

// A refused request may leave a few pages of log: never what it brought.
inline constexpr std::uint64_t hostile_bytes_kept_max = 64 * 1024;

EndpointRequest hostile_request(Random& random);

}  // namespace doorstep::simulation
