// Everything that libsodium draws (keys, nonces, one-time keys of seals) from a seed: the sizes of
// what is compressed after sealing, and so the whole run, would differ otherwise.
#pragma once

#include <cstdint>

namespace doorstep::simulation {

// From now on, in this process.  A run begins with it.
void seed_secrets(std::uint64_t seed);

}  // namespace doorstep::simulation
