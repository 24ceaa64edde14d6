// Who answers in clear where the endpoint should: a Wi-Fi's sign-in page, or a server that
// does not seal.  Asked only after a sealed connection failed; nothing of the tablet is sent.
#pragma once

#include <cstdint>
#include <string>

#include "sync/http/http_fault.h"

namespace doorstep {

// One GET of "/" in clear at that host ("[::1]" in brackets) and port.  sign_in_wanted for a redirect to
// elsewhere, 511, or a page; plain_http for any other HTTP; none when nothing answered within
// `wait_ms`, or no HTTP.
HttpFault who_answers_in_clear(const std::string& host, std::uint16_t port, std::int64_t wait_ms);

}  // namespace doorstep
