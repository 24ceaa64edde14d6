// ISO 7816-4: one byte 0x80, then zeros, to a multiple of the block.  At least one byte
// is always added, so that taking it away needs no block size.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace doorstep {

inline constexpr std::size_t padded_size(std::size_t size, std::size_t block) {
    return (size / block + 1) * block;
}

// Nothing when the bytes do not end in a padding.
inline std::optional<std::size_t> unpadded_size(std::string_view text) {
    const auto end = text.find_last_not_of('\0');
    if (end == std::string_view::npos || text[end] != '\x80')
        return std::nullopt;
    return end;
}

}  // namespace doorstep
