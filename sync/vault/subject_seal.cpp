#include "sync/vault/subject_seal.h"

#include <sodium.h>

#include <array>

#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t key_size = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::string_view purpose = "doorstep subject keys 1";

// On the stack and wiped: thousands of them in a second, where guarded pages would cost
// more than the sealing.
class ShortKey {
public:
    ShortKey() = default;
    ~ShortKey() { sodium_memzero(bytes_.data(), bytes_.size()); }
    ShortKey(const ShortKey&) = delete;
    ShortKey& operator=(const ShortKey&) = delete;
    unsigned char* data() { return bytes_.data(); }

private:
    std::array<unsigned char, key_size> bytes_{};
};

std::string sealed_with(const unsigned char* key, std::string_view text, std::string_view associated) {
    auto sealed = random_bytes(nonce_size);
    sealed.resize(nonce_size + text.size() + tag_size);
    crypto_aead_xchacha20poly1305_ietf_encrypt(octets(sealed) + nonce_size, nullptr, octets(text),
                                               text.size(), octets(associated), associated.size(), nullptr,
                                               octets(sealed), key);
    return sealed;
}

bool opens(const unsigned char* key, std::string_view sealed, std::string_view associated,
           unsigned char* out) {
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, nullptr, nullptr, octets(sealed) + nonce_size,
                                                      sealed.size() - nonce_size, octets(associated),
                                                      associated.size(), octets(sealed), key) == 0;
}

bool unwrap(const SecretBytes& wrapping, std::string_view wrapped, const Uuid& subject, ShortKey& key) {
    return wrapped.size() == nonce_size + key_size + tag_size &&
           opens(wrapping.data(), wrapped, subject.raw(), key.data());
}

std::string place_of(const Uuid& subject, const Uuid& fact) {
    return std::string(subject.raw()).append(fact.raw());
}

}  // namespace

SubjectSeal::SubjectSeal(const KeyPair& sealing)
    : wrapping_(derive(SecretBytes(sealing.secret_key.view()), purpose)) {}

std::string SubjectSeal::new_key(const Uuid& subject) const {
    ShortKey key;
    randombytes_buf(key.data(), key_size);
    return sealed_with(wrapping_.data(), {reinterpret_cast<const char*>(key.data()), key_size},
                       subject.raw());
}

std::optional<std::string> SubjectSeal::seal(std::string_view wrapped, const Uuid& subject, const Uuid& fact,
                                             std::string_view text) const {
    ShortKey key;
    if (!unwrap(wrapping_, wrapped, subject, key))
        return std::nullopt;
    return sealed_with(key.data(), text, place_of(subject, fact));
}

std::optional<std::string> SubjectSeal::open(std::string_view wrapped, const Uuid& subject, const Uuid& fact,
                                             std::string_view sealed) const {
    ShortKey key;
    if (sealed.size() < nonce_size + tag_size || !unwrap(wrapping_, wrapped, subject, key))
        return std::nullopt;
    std::string text(sealed.size() - nonce_size - tag_size, '\0');
    if (!opens(key.data(), sealed, place_of(subject, fact), octets(text)))
        return std::nullopt;
    return text;
}

}  // namespace doorstep
