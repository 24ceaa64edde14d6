// SHA-256, the one hash of Doorstep (`sha256sum` can check it).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace doorstep {

struct Sha256 {
    std::array<std::uint8_t, 32> bytes{};

    static Sha256 of(std::string_view data);
    std::string_view raw() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
    std::string hex() const;  // 64 lower-case digits

    auto operator<=>(const Sha256&) const = default;
};

}  // namespace doorstep
