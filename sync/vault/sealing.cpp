#include "sync/vault/sealing.h"

#include <sodium.h>

#include <cassert>

namespace doorstep {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

// The length keeps purpose and context apart.
void hash_under(unsigned char* out, std::size_t size, const SecretBytes& key, std::string_view purpose,
                std::string_view context) {
    assert(key.size() >= crypto_generichash_KEYBYTES_MIN && purpose.size() < 256);
    crypto_generichash_state state;
    const auto length = static_cast<unsigned char>(purpose.size());
    crypto_generichash_init(&state, key.data(), key.size(), size);
    crypto_generichash_update(&state, &length, 1);
    crypto_generichash_update(&state, octets(purpose), purpose.size());
    crypto_generichash_update(&state, octets(context), context.size());
    crypto_generichash_final(&state, out, size);
    sodium_memzero(&state, sizeof state);
}

}  // namespace

std::string seal_under(const SecretBytes& key, std::string_view text, std::string_view associated) {
    assert(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    auto sealed = random_bytes(nonce_size);
    sealed.resize(nonce_size + text.size() + tag_size);
    crypto_aead_xchacha20poly1305_ietf_encrypt(octets(sealed) + nonce_size, nullptr, octets(text),
                                               text.size(), octets(associated), associated.size(), nullptr,
                                               octets(sealed), key.data());
    return sealed;
}

std::optional<SecretBytes> open_under(const SecretBytes& key, std::string_view sealed,
                                      std::string_view associated) {
    assert(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    if (sealed.size() < nonce_size + tag_size)
        return std::nullopt;
    auto text = SecretBytes::blank(sealed.size() - nonce_size - tag_size);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(text.data(), nullptr, nullptr, octets(sealed) + nonce_size,
                                                   sealed.size() - nonce_size, octets(associated),
                                                   associated.size(), octets(sealed), key.data()) != 0)
        return std::nullopt;
    return text;
}

SecretBytes derive(const SecretBytes& key, std::string_view purpose, std::string_view context) {
    auto made = SecretBytes::blank(32);
    hash_under(made.data(), made.size(), key, purpose, context);
    return made;
}

std::string proof(const SecretBytes& key, std::string_view purpose, std::string_view content) {
    std::string made(32, '\0');
    hash_under(octets(made), made.size(), key, purpose, content);
    return made;
}

bool same_bytes(std::string_view one, std::string_view other) {
    return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace doorstep
