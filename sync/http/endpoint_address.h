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
    // SHA-256 of the public keys of its authorities, 32 bytes each, active and spare: whom to take
    // for that endpoint.  Empty where nobody said.
    std::string pins{};
    std::string url() const;        // "https://endpoint.example:8443", without a slash at its end
    std::string bare_host() const;  // without brackets
};

// "https://endpoint.example:8443", or that, "#" and the pins in hex.  In clear (http) only this machine
// itself may be named, for a proxy that stands here: 127.0.0.0/8, [::1] and localhost.  Everything else is
// refused with a sentence that says why.
Result<EndpointAddress> parse_endpoint_address(std::string_view text);
// An address that somebody gave, with the pins of the ticket: as a tablet keeps it.
Result<std::string> pinned_address(std::string_view text, const std::string& pins);

}  // namespace doorstep
