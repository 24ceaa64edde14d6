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

namespace {

int digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

// By hand: an endpoint reads hundreds of thousands in a second.
std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36)
        return std::nullopt;
    Uuid id;
    std::size_t at = 0;
    for (auto& byte : id.bytes) {
        if ((at == 8 || at == 13 || at == 18 || at == 23) && text[at++] != '-')
            return std::nullopt;
        const int high = digit(text[at]);
        const int low = digit(text[at + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        byte = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
    }
    return id;
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
