// Two texts sealed to two keys with one one-time key between them: 32 bytes less than two sealed
// boxes.  Each half with the one-time key before it is a sealed box (sealed_box.h), and opens as one.
//
//   one-time public key, 32 | box to the first | box to the second
#pragma once

#include <string>
#include <string_view>

#include "sync/vault/sealed_box.h"

namespace doorstep {

inline constexpr std::size_t one_time_key_bytes = 32;
inline constexpr std::size_t box_tag_bytes = 16;

struct ToSeal {
    const PublicKey& to;
    std::string_view text;
    std::size_t bytes = 0;  // of the padded text; REQUIRES: text.size() < bytes
};

// Empty when a key is none that one can seal to, or both are the same: two texts under one key and
// one nonce would give each other away.
std::string seal_pair(const ToSeal& first, const ToSeal& second);
// Its halves as sealed boxes.  REQUIRES: as long as seal_pair() gave it.
std::string first_of_pair(std::string_view pair, std::size_t first_bytes);
std::string second_of_pair(std::string_view pair, std::size_t first_bytes);

}  // namespace doorstep
