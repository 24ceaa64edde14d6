#include "sync/vault/sealed_pair.h"

#include <sodium.h>

#include <array>
#include <cassert>

#include "sync/vault/secret_bytes.h"

namespace doorstep {

namespace {

static_assert(one_time_key_bytes == crypto_box_PUBLICKEYBYTES);
static_assert(box_tag_bytes == crypto_box_MACBYTES);
static_assert(one_time_key_bytes + box_tag_bytes == crypto_box_SEALBYTES);

struct OneTime {
    std::string public_key = std::string(crypto_box_PUBLICKEYBYTES, '\0');
    std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret{};
    OneTime() { crypto_box_keypair(octets(public_key), secret.data()); }
    ~OneTime() { sodium_memzero(secret.data(), secret.size()); }
    OneTime(const OneTime&) = delete;
    OneTime& operator=(const OneTime&) = delete;
};

// As crypto_box_seal() does, with a one-time key that was made before.  Empty when it failed.
std::string box(const OneTime& by, const ToSeal& what) {
    std::array<unsigned char, crypto_box_NONCEBYTES> nonce{};
    const auto both = by.public_key + what.to.bytes;
    crypto_generichash(nonce.data(), nonce.size(), octets(both), both.size(), nullptr, 0);
    std::string plain;
    plain.reserve(what.bytes);  // no regrowing: it would leave a copy behind
    plain.append(what.text);
    plain.push_back('\x80');
    plain.resize(what.bytes, '\0');
    std::string out(plain.size() + box_tag_bytes, '\0');
    const int failed = crypto_box_easy(octets(out), octets(plain), plain.size(), nonce.data(),
                                       octets(what.to.bytes), by.secret.data());
    sodium_memzero(plain.data(), plain.size());
    return failed == 0 ? out : std::string{};
}

}  // namespace

std::string seal_pair(const ToSeal& first, const ToSeal& second) {
    assert(first.text.size() < first.bytes && second.text.size() < second.bytes);
    prepare_libsodium();
    if (first.to == second.to || !usable(first.to) || !usable(second.to))
        return {};
    const OneTime by;
    const auto one = box(by, first);
    const auto other = box(by, second);
    return one.empty() || other.empty() ? std::string{} : by.public_key + one + other;
}

std::string first_of_pair(std::string_view pair, std::size_t first_bytes) {
    return std::string(pair.substr(0, one_time_key_bytes + box_tag_bytes + first_bytes));
}

std::string second_of_pair(std::string_view pair, std::size_t first_bytes) {
    return std::string(pair.substr(0, one_time_key_bytes))
        .append(pair.substr(one_time_key_bytes + box_tag_bytes + first_bytes));
}

}  // namespace doorstep
