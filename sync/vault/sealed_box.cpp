#include "sync/vault/sealed_box.h"

#include <sodium.h>

#include <cassert>

#include "sync/vault/padding.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

namespace {

std::string padded(std::string_view text, std::size_t block) {
    const auto size = padded_size(text.size(), block);
    std::string out;
    out.reserve(size);  // no regrowing: it would leave a copy behind
    out.append(text);
    out.push_back('\x80');
    out.resize(size, '\0');
    return out;
}

}  // namespace

KeyPair KeyPair::make() {
    prepare_libsodium();
    KeyPair pair;
    pair.public_key.bytes.resize(crypto_box_PUBLICKEYBYTES);
    std::string secret(crypto_box_SECRETKEYBYTES, '\0');
    crypto_box_keypair(octets(pair.public_key.bytes), octets(secret));
    pair.secret_key = SecretText(secret);
    sodium_memzero(secret.data(), secret.size());
    return pair;
}

std::optional<KeyPair> KeyPair::from_secret(std::string_view secret_key) {
    prepare_libsodium();
    if (secret_key.size() != crypto_box_SECRETKEYBYTES)
        return std::nullopt;
    KeyPair pair;
    pair.public_key.bytes.resize(crypto_box_PUBLICKEYBYTES);
    crypto_scalarmult_base(octets(pair.public_key.bytes), octets(secret_key));
    pair.secret_key = SecretText(secret_key);
    return pair;
}

bool usable(const PublicKey& key) {
    return key.bytes.size() == crypto_box_PUBLICKEYBYTES && !seal(key, {}, 1).empty();
}

std::string seal(const PublicKey& to, std::string_view text, std::size_t block) {
    assert(to.bytes.size() == crypto_box_PUBLICKEYBYTES);
    assert(block >= 1 && block <= 65536);
    prepare_libsodium();
    auto plain = padded(text, block);
    std::string sealed(plain.size() + crypto_box_SEALBYTES, '\0');
    const int failed = crypto_box_seal(octets(sealed), octets(plain), plain.size(), octets(to.bytes));
    sodium_memzero(plain.data(), plain.size());
    // Only a key that is no point of the curve's large group can fail; nothing
    // must then look like a sealed text.
    return failed == 0 ? sealed : std::string{};
}

std::optional<SecretText> open_sealed(const KeyPair& key, std::string_view sealed) {
    prepare_libsodium();
    if (sealed.size() < crypto_box_SEALBYTES || key.public_key.bytes.size() != crypto_box_PUBLICKEYBYTES ||
        key.secret_key.view().size() != crypto_box_SECRETKEYBYTES)
        return std::nullopt;
    std::string plain(sealed.size() - crypto_box_SEALBYTES, '\0');
    std::optional<SecretText> opened;
    if (crypto_box_seal_open(octets(plain), octets(sealed), sealed.size(), octets(key.public_key.bytes),
                             octets(key.secret_key.view())) == 0)
        if (const auto size = unpadded_size(plain))
            opened.emplace(std::string_view(plain).substr(0, *size));
    sodium_memzero(plain.data(), plain.size());
    return opened;
}

}  // namespace doorstep
