// Ed25519: who said this.
#pragma once

#include <string>
#include <string_view>

#include "sync/vault/secret_bytes.h"

namespace doorstep {

struct VerifyKey {
    std::string bytes;  // 32
    bool operator==(const VerifyKey&) const = default;
};

// By make(), from_seed() and duplicate() alone: halves that do not belong together would give the seed away.
struct SigningPair {
    VerifyKey public_key;
    SecretBytes seed;  // 32 bytes, of which the pair can be made again
    static SigningPair make();
    // REQUIRES: seed.size() == 32
    static SigningPair from_seed(SecretBytes seed);
    SigningPair duplicate() const;
};

// 64 bytes.  The purpose is signed with the content, so that what was signed for one
// thing is never taken for another.  REQUIRES: purpose.size() < 256.
std::string sign(const SigningPair& pair, std::string_view purpose, std::string_view content);
bool verify(const VerifyKey& key, std::string_view purpose, std::string_view content,
            std::string_view signature);

}  // namespace doorstep
