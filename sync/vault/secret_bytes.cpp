#include "sync/vault/secret_bytes.h"

#include <sodium.h>

#include <cassert>
#include <cstring>
#include <new>
#include <utility>

namespace doorstep {

void prepare_libsodium() {
    static const bool ready = sodium_init() >= 0;
    assert(ready);
    static_cast<void>(ready);
}

void SecretBytes::Wipe::operator()(unsigned char* bytes) const {
    sodium_free(bytes);  // wipes
}

SecretBytes SecretBytes::blank(std::size_t size) {
    prepare_libsodium();
    SecretBytes made;
    made.bytes_.reset(static_cast<unsigned char*>(sodium_malloc(size)));
    if (!made.bytes_)
        throw std::bad_alloc();
    made.size_ = size;
    std::memset(made.bytes_.get(), 0, size);
    return made;
}

SecretBytes::SecretBytes(std::string_view bytes) : SecretBytes(blank(bytes.size())) {
    std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

SecretBytes SecretBytes::random(std::size_t size) {
    SecretBytes made = blank(size);
    randombytes_buf(made.data(), size);
    return made;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

bool stays_in_memory(std::size_t size) {
    SecretBytes asked = SecretBytes::blank(size);
    // Locked already where it could be; once more tells whether it could.
    return sodium_mlock(asked.data(), size) == 0;
}

std::string random_bytes(std::size_t size) {
    prepare_libsodium();
    std::string bytes(size, '\0');
    randombytes_buf(bytes.data(), size);
    return bytes;
}

}  // namespace doorstep
