// How a tablet without keys finds its centre: a code of eight characters that lives for minutes, and the one
// line of text, also shown as a QR picture, that carries it with the centre's address and authority.
// PROTOCOL.md 2.4 says every byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "forms/base/result.h"

namespace doorstep::wire {

// 40 bits in Crockford's base32, in capitals and without a dash: "7K3MQ2ZT".  The first two say which code
// it is, and are no secret; the other six are what cannot be guessed in five tries.
inline constexpr std::size_t code_characters = 8;
inline constexpr std::size_t code_bytes = 5;
inline constexpr std::size_t code_selector_characters = 2;

// REQUIRES: bytes.size() == code_bytes, from the kernel's randomness
std::string code_of(std::string_view bytes);
// As a person types it: small letters, a dash or spaces, O for 0, I and L for 1.  Nothing when it cannot be
// a code.
std::optional<std::string> read_code(std::string_view typed);
// "7K3M-Q2ZT", to be read out.
std::string code_to_show(std::string_view code);

struct Invitation {
    std::string url;        // "https://endpoint.example:8443"; whether it is one is for sync/http to ask
    std::string authority;  // SHA-256 of the public key of the centre's authority, 32 bytes
    std::string code;       // as code_of()
    bool operator==(const Invitation&) const = default;
};

// "DOORSTEP1*HTTPS://ENDPOINT.EXAMPLE:8443*<authority, 52>*<code, 8>*<check, 4>": all of it stands in the
// small alphabet of a QR picture.
std::string encode(const Invitation& invitation);
// Space around it and small letters are nothing.  bad_input, newer_version: says what is wrong, never the
// code.
Result<Invitation> decode_invitation(std::string_view text);

}  // namespace doorstep::wire
