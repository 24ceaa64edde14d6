// HMAC-SHA256: what somebody who shares the secret can check.
#pragma once

#include <string>
#include <string_view>

namespace doorstep {

// 32 bytes.  The secret has any length.
std::string hmac_sha256(std::string_view secret, std::string_view text);

}  // namespace doorstep
