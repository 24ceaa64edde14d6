// Sealing to a public key (X25519, XSalsa20-Poly1305: libsodium's sealed box).
// Who holds only the public key can seal and never read back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "forms/base/secret.h"

namespace doorstep {

struct PublicKey {
    std::string bytes;  // 32
    bool operator==(const PublicKey&) const = default;
};

struct KeyPair {
    PublicKey public_key;
    SecretText secret_key;  // 32 bytes
    static KeyPair make();
    // The pair of a secret half that was kept; nothing unless it has 32 bytes.
    static std::optional<KeyPair> from_secret(std::string_view secret_key);
};

// Whether one can seal to it: 32 bytes that are a point of the curve's large group.
// Ask this of every key that came from elsewhere before anything is entrusted to it.
bool usable(const PublicKey& key);

// Pads to a multiple of `block` bytes first, so that the length tells little.
// REQUIRES: usable(to); 1 <= block <= 65536.
std::string seal(const PublicKey& to, std::string_view text, std::size_t block = 256);
// Nothing when the bytes were not sealed to this key or were altered.
std::optional<SecretText> open_sealed(const KeyPair& key, std::string_view sealed);

}  // namespace doorstep
