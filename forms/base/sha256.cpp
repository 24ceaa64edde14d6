#include "forms/base/sha256.h"

#include <sodium.h>

#include "forms/base/encoding.h"

namespace doorstep {

Sha256 Sha256::of(std::string_view data) {
    Sha256 hash;
    crypto_hash_sha256(hash.bytes.data(), reinterpret_cast<const unsigned char*>(data.data()), data.size());
    return hash;
}

std::string Sha256::hex() const {
    return to_hex(raw());
}

}  // namespace doorstep
