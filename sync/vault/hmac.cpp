#include "sync/vault/hmac.h"

#include <sodium.h>

#include "sync/vault/secret_bytes.h"

namespace doorstep {

std::string hmac_sha256(std::string_view secret, std::string_view text) {
    prepare_libsodium();
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, octets(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, octets(text), text.size());
    std::string made(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, octets(made));
    sodium_memzero(&state, sizeof(state));
    return made;
}

}  // namespace doorstep
