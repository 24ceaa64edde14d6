// Text and bytes that are wiped when they go: restricted answers and keys.
#pragma once

#include <sodium.h>

#include <string>
#include <string_view>
#include <utility>

namespace doorstep {

// Moves, never copies; its bytes are overwritten at the end of its life.
class SecretText {
public:
    SecretText() = default;
    explicit SecretText(std::string_view text) : bytes_(text) {}
    SecretText(SecretText&& other) noexcept : bytes_(std::move(other.bytes_)) { other.wipe(); }
    SecretText& operator=(SecretText&& other) noexcept {
        if (this != &other) {
            wipe();
            bytes_ = std::move(other.bytes_);
            other.wipe();
        }
        return *this;
    }
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    ~SecretText() { wipe(); }

    std::string_view view() const { return bytes_; }
    bool empty() const { return bytes_.empty(); }
    void wipe() {
        // The whole buffer, short strings inside the object included.
        bytes_.resize(bytes_.capacity());
        sodium_memzero(bytes_.data(), bytes_.size());
        bytes_.clear();
    }

private:
    std::string bytes_;
};

}  // namespace doorstep
