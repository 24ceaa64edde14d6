// Sealing under a key of 32 bytes, and keys made of keys.  For the vault's own small
// secrets; rows have sealed_row.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sync/vault/secret_bytes.h"

namespace doorstep {

// 24 bytes of nonce, then XChaCha20-Poly1305.  REQUIRES: key.size() == 32.
std::string seal_under(const SecretBytes& key, std::string_view text, std::string_view associated);
// Nothing when the bytes or what they belong to are not what was sealed.
std::optional<SecretBytes> open_under(const SecretBytes& key, std::string_view sealed,
                                      std::string_view associated);

// BLAKE2b under the key; another purpose gives a key that tells nothing about this one.
SecretBytes derive(const SecretBytes& key, std::string_view purpose, std::string_view context = {});
// 32 bytes that only holders of the key can make.
std::string proof(const SecretBytes& key, std::string_view purpose, std::string_view content);
// In a time that does not tell where they differ.
bool same_bytes(std::string_view one, std::string_view other);

}  // namespace doorstep
