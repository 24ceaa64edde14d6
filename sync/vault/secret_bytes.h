// Keys and what is as secret as keys, in memory of libsodium's own: between guard pages,
// kept out of core dumps and, where the system lets us, out of swap; wiped when it goes.
//
// Secrets come from the kernel's randomness on purpose and not from Random: a seed that
// replays a simulation must never make a key.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace doorstep {

class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::string_view bytes);
    static SecretBytes blank(std::size_t size);
    static SecretBytes random(std::size_t size = 32);

    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    // Copies are asked for by name, so that each can be counted.
    SecretBytes duplicate() const { return SecretBytes(view()); }

    std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.get()), size_}; }
    std::string_view part(std::size_t from, std::size_t size) const { return view().substr(from, size); }
    const unsigned char* data() const { return bytes_.get(); }
    unsigned char* data() { return bytes_.get(); }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    struct Wipe {
        void operator()(unsigned char* bytes) const;
    };
    std::unique_ptr<unsigned char, Wipe> bytes_;
    std::size_t size_ = 0;
};

// For salts, nonces and ids; from the kernel too.
std::string random_bytes(std::size_t size);

// Whether so much more of it would be kept out of swap now: libsodium says nothing where the
// system does not let it.
bool stays_in_memory(std::size_t size);

// Idempotent; everything of this room that calls libsodium has called it.
void prepare_libsodium();

inline unsigned char* octets(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
inline const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace doorstep
