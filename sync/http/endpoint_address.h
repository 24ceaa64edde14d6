// Where an endpoint is, as its enrolment wrote it down.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms/base/result.h"

namespace doorstep {

struct EndpointAddress {
    bool sealed = true;  // https
    std::string host;    // "[::1]" in brackets
    std::uint16_t port = 443;
    std::string url() const;        // "https://endpoint.example:8443", without a slash at its end
    std::string bare_host() const;  // without brackets
};

// In clear (http) only this machine itself may be named, for a proxy that stands here:
// 127.0.0.0/8, [::1] and localhost.  Everything else is refused with a sentence that says why.
Result<EndpointAddress> parse_endpoint_address(std::string_view text);
// Its url().
Result<std::string> endpoint_address(std::string_view text);

}  // namespace doorstep
