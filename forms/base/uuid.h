// A random 128-bit identifier (version 4).  Random, not time-ordered: an id
// stands in clear columns and must not tell the minute it was made.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace doorstep {

class Random;

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    static Uuid random(Random& random);
    // 36 characters, any case; nothing for anything else.
    static std::optional<Uuid> parse(std::string_view text);
    // From 16 raw bytes, as in the store's blobs; nothing for another length.
    static std::optional<Uuid> from_bytes(std::string_view raw);

    std::string text() const;  // "01234567-89ab-4def-8123-456789abcdef"
    std::string_view raw() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
    bool is_nil() const { return *this == Uuid{}; }

    auto operator<=>(const Uuid&) const = default;
};

}  // namespace doorstep

template<>
struct std::hash<doorstep::Uuid> {
    std::size_t operator()(const doorstep::Uuid& id) const noexcept {
        return std::hash<std::string_view>{}(id.raw());
    }
};
