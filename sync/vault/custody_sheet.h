// The sheet of paper on which a partnership keeps its two most important keys, and the
// way back from a line of it that somebody types years later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "sync/vault/endpoint_keys.h"

namespace doorstep {

enum class CustodyKey : std::uint8_t { recovery = 1, safeguarding = 2 };

// 14 groups of four: 13 of Crockford's base32 and one to check them, which tells any one
// wrong group, and a line of the other key.
SecretText custody_line(CustodyKey kind, const KeyPair& pair);
// Capitals or not, spaces or hyphens anywhere; O is read as 0, I and L as 1.
// bad_input: says which group is mistyped, or what else is wrong; never what was typed.
Result<KeyPair> from_custody_line(CustodyKey kind, std::string_view typed);

// The same out of the whole sheet as it was printed, or of the line alone.
Result<KeyPair> from_custody_sheet(CustodyKey kind, std::string_view text);

// Printed once, at first start.  `date` as it shall stand there.
SecretText custody_sheet(const EndpointKeys& keys, std::string_view partnership, std::string_view date);

}  // namespace doorstep
