#include "forms/base/derived_id.h"

#include <algorithm>
#include <string>

#include "forms/base/sha256.h"

namespace doorstep {

Uuid derived_id(const Uuid& root, std::uint32_t n) {
    std::string text = "doorstep id";
    text += root.raw();
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        text += static_cast<char>((n >> shift) & 0xff);
    Uuid id;
    const auto hash = Sha256::of(text);
    std::transform(hash.raw().begin(), hash.raw().begin() + id.bytes.size(), id.bytes.begin(),
                   [](char c) { return static_cast<std::uint8_t>(c); });
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

}  // namespace doorstep
