// The keys of an endpoint in tests: the same each time it is opened.
#pragma once

#include <string>

#include "sync/vault/endpoint_keys.h"

namespace doorstep::testing {

inline WorkingKeys same_keys() {
    const auto pair = [](char c) { return *KeyPair::from_secret(std::string(32, c)); };
    return {pair('s'), SigningPair::from_seed(SecretBytes(std::string(32, 'e'))), pair('g').public_key,
            pair('r').public_key};
}

}  // namespace doorstep::testing
