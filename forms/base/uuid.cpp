#include "forms/base/uuid.h"

#include <algorithm>

#include "forms/base/encoding.h"
#include "forms/base/random.h"

namespace doorstep {

Uuid Uuid::random(Random& random) {
    Uuid id;
    random.fill(id.bytes);
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36)
        return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-'))
            return std::nullopt;
        if (!dash)
            digits += text[i];
    }
    const auto raw = from_hex(digits);
    return raw ? from_bytes(*raw) : std::nullopt;
}

std::optional<Uuid> Uuid::from_bytes(std::string_view raw) {
    Uuid id;
    if (raw.size() != id.bytes.size())
        return std::nullopt;
    std::transform(raw.begin(), raw.end(), id.bytes.begin(),
                   [](char c) { return static_cast<std::uint8_t>(c); });
    return id;
}

std::string Uuid::text() const {
    std::string out = to_hex(raw());
    for (const std::size_t at : {20u, 16u, 12u, 8u})
        out.insert(at, 1, '-');
    return out;
}

}  // namespace doorstep
