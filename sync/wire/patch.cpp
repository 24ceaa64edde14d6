#include "sync/wire/patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "forms/base/sha256.h"
#include "sync/wire/parcels.h"

namespace doorstep::wire {

bool is_patch(std::string_view area) {
    return is_parcel_name(area);
}

std::string scope_name(std::vector<std::string> patches) {
    if (patches.empty())
        return "all";
    std::sort(patches.begin(), patches.end());
    std::string text;
    for (const auto& patch : patches)
        text += patch + "\n";
    return Sha256::of(text).hex();
}

void IdSum::add(const Uuid& id) {
    const auto raw = id.raw();
    for (std::size_t i = 0; i < raw.size(); ++i)
        parts[i / 4] += static_cast<std::uint32_t>(static_cast<unsigned char>(raw[i])) << (8 * (3 - i % 4));
}

std::string IdSum::hex() const {
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", parts[0], parts[1], parts[2], parts[3]);
}

std::optional<IdSum> IdSum::parse(std::string_view hex) {
    constexpr std::size_t digits = 8;
    IdSum sum;
    if (hex.size() != digits * sum.parts.size())
        return std::nullopt;
    for (std::size_t i = 0; i < sum.parts.size(); ++i) {
        const auto part = hex.substr(i * digits, digits);
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), sum.parts[i], 16);
        if (error != std::errc{} || end != part.data() + part.size())
            return std::nullopt;
    }
    return sum.hex() == hex ? std::optional(sum) : std::nullopt;
}

}  // namespace doorstep::wire
