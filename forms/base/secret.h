// Text and bytes that are wiped when they go: restricted answers and keys.
#pragma once

#include <sodium.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace doorstep {

// For containers of what is personal: the memory is overwritten before it is given back,
// also when the container grows.  Not for std::basic_string, whose short texts lie inside
// the object.
template<class T>
struct WipingAllocator {
    using value_type = T;

    WipingAllocator() = default;
    template<class Other>
    WipingAllocator(const WipingAllocator<Other>&) {}

    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* values, std::size_t count) {
        sodium_memzero(values, count * sizeof(T));
        std::allocator<T>().deallocate(values, count);
    }
    bool operator==(const WipingAllocator&) const = default;
};

// The whole buffer, short strings inside the object included.
inline void wipe_text(std::string& bytes) {
    bytes.resize(bytes.capacity());
    sodium_memzero(bytes.data(), bytes.size());
    bytes.clear();
}

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
    void wipe() { wipe_text(bytes_); }

private:
    std::string bytes_;
};

}  // namespace doorstep
