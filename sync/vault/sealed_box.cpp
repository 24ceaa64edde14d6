#include "sync/vault/sealed_box.h"

#include <sodium.h>

#include <cassert>

namespace doorstep {

namespace {

void prepare_libsodium() {
    static const bool ready = sodium_init() >= 0;
    assert(ready);
    static_cast<void>(ready);
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// ISO 7816-4: one byte 0x80, then zeros.  At least one byte is always added, so
// that unpadding needs no block size.
std::string padded(std::string_view text, std::size_t block) {
    const auto size = (text.size() / block + 1) * block;
    std::string out;
    out.reserve(size);  // no regrowing: it would leave a copy behind
    out.append(text);
    out.push_back('\x80');
    out.resize(size, '\0');
    return out;
}

std::optional<std::size_t> unpadded_size(std::string_view text) {
    const auto end = text.find_last_not_of('\0');
    if (end == std::string_view::npos || text[end] != '\x80')
        return std::nullopt;
    return end;
}

}  // namespace

KeyPair KeyPair::make() {
    prepare_libsodium();
    KeyPair pair;
    pair.public_key.bytes.resize(crypto_box_PUBLICKEYBYTES);
    std::string secret(crypto_box_SECRETKEYBYTES, '\0');
    crypto_box_keypair(bytes_of(pair.public_key.bytes), bytes_of(secret));
    pair.secret_key = SecretText(secret);
    sodium_memzero(secret.data(), secret.size());
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
    const int failed = crypto_box_seal(bytes_of(sealed), bytes_of(plain), plain.size(), bytes_of(to.bytes));
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
    if (crypto_box_seal_open(bytes_of(plain), bytes_of(sealed), sealed.size(), bytes_of(key.public_key.bytes),
                             bytes_of(key.secret_key.view())) == 0)
        if (const auto size = unpadded_size(plain))
            opened.emplace(std::string_view(plain).substr(0, *size));
    sodium_memzero(plain.data(), plain.size());
    return opened;
}

}  // namespace doorstep
