#include "sync/vault/signing.h"

#include <sodium.h>

#include <cassert>
#include <cstring>

namespace doorstep {

namespace {

std::string signed_text(std::string_view purpose, std::string_view content) {
    assert(purpose.size() < 256);
    std::string text(1, static_cast<char>(purpose.size()));
    text.append(purpose).append(content);
    return text;
}

}  // namespace

SigningPair SigningPair::make() {
    return from_seed(SecretBytes::random(crypto_sign_SEEDBYTES));
}

SigningPair SigningPair::from_seed(SecretBytes seed) {
    assert(seed.size() == crypto_sign_SEEDBYTES);
    SigningPair pair;
    pair.public_key.bytes.resize(crypto_sign_PUBLICKEYBYTES);
    auto secret = SecretBytes::blank(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(octets(pair.public_key.bytes), secret.data(), seed.data());
    pair.seed = std::move(seed);
    return pair;
}

SigningPair SigningPair::duplicate() const {
    return {public_key, seed.duplicate()};
}

std::string sign(const SigningPair& pair, std::string_view purpose, std::string_view content) {
    assert(pair.public_key.bytes.size() == crypto_sign_PUBLICKEYBYTES);
    // libsodium's secret key is the seed and the public half, which is not made anew for each signature.
    auto secret = SecretBytes::blank(crypto_sign_SECRETKEYBYTES);
    std::memcpy(secret.data(), pair.seed.data(), crypto_sign_SEEDBYTES);
    std::memcpy(secret.data() + crypto_sign_SEEDBYTES, pair.public_key.bytes.data(),
                crypto_sign_PUBLICKEYBYTES);
    const auto text = signed_text(purpose, content);
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(octets(signature), nullptr, octets(text), text.size(), secret.data());
    return signature;
}

bool verify(const VerifyKey& key, std::string_view purpose, std::string_view content,
            std::string_view signature) {
    prepare_libsodium();
    if (key.bytes.size() != crypto_sign_PUBLICKEYBYTES || signature.size() != crypto_sign_BYTES)
        return false;
    const auto text = signed_text(purpose, content);
    return crypto_sign_verify_detached(octets(signature), octets(text), text.size(), octets(key.bytes)) == 0;
}

}  // namespace doorstep
