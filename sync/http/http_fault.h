// Why an exchange failed, told apart for whoever explains it to an officer.
#pragma once

#include <cstdint>
#include <string>

#include "forms/base/result.h"

namespace doorstep {

enum class HttpFault : std::uint8_t {
    none,
    given_up,             // by us
    no_network,           // no address for the endpoint's name, or nobody reached
    timeout,              // reached, and no answer in time
    cut,                  // the connection ended before the answer was whole
    proxy_not_reached,    // the proxy that was set does not answer
    proxy_refused,        // it answers, and does not let us through
    proxy_sign_in,        // it wants a name and a password, or others
    sign_in_wanted,       // a captive portal: 302, 511, or a page of its own
    unknown_certificate,  // of no authority that this tablet was enrolled with
    expired,              // or the tablet's clock is ahead
    not_yet_valid,        // the tablet's clock is behind
    wrong_name,           // of our authority, but for another address
    plain_http,           // speaks HTTP, not sealed
    old_tls,              // knows no TLS 1.3
    not_doorstep,         // speaks something else, or answers without bound
    broken                // of this tablet
};

// What an officer reads where nobody has better words.  `detail`: dates, a status, or nothing;
// never an address.
Error error_of(HttpFault fault, const std::string& detail);

}  // namespace doorstep
