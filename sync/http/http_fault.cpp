#include "sync/http/http_fault.h"

#include <fmt/format.h>

namespace doorstep {

namespace {

constexpr const char* not_sent = "Nothing was sent.";

std::string with(const char* words, const std::string& detail) {
    return detail.empty() ? std::string(words) : fmt::format("{} ({})", words, detail);
}

Error of_certificates(HttpFault fault, const std::string& detail) {
    switch (fault) {
    case HttpFault::expired:
        return {Fault::refused,
                fmt::format(
                    "The certificate of the endpoint has run out, or this tablet's clock is ahead: {}. {}",
                    detail, not_sent),
                "Set the date and time of this tablet; if they are right, tell whoever runs the endpoint."};
    case HttpFault::not_yet_valid:
        return {Fault::refused, fmt::format("This tablet's clock is wrong: {}. {}", detail, not_sent),
                "Set the date and time, then sync."};
    case HttpFault::wrong_name:
        return {
            Fault::not_doorstep,
            fmt::format("The certificate is of this partnership, but for another address. {}", not_sent),
            "Check the address of the endpoint, or tell whoever runs it that its certificate lacks this name "
            "(serve --name)."};
    default:
        return {
            Fault::not_doorstep,
            fmt::format("The certificate is not of this partnership's endpoint: somebody stands between, a "
                        "Wi-Fi that wants a sign-in, or the address is wrong. {}",
                        not_sent),
            "Use another network. If it stays so, the tablet must be enrolled again."};
    }
}

Error of_the_way(HttpFault fault, const std::string& detail) {
    switch (fault) {
    case HttpFault::proxy_not_reached:
        return {Fault::unreachable, "The proxy of this network does not answer.",
                "Check the proxy settings and the network."};
    case HttpFault::proxy_refused:
        return {Fault::unreachable,
                with("The proxy of this network does not let Doorstep through", detail) + ".",
                "Check the proxy settings, its name and its password."};
    case HttpFault::proxy_sign_in:
        return {Fault::unreachable,
                fmt::format("The proxy wants a name and a password, or others. {}", not_sent),
                "Set them under Proxy on the sync page."};
    case HttpFault::sign_in_wanted:
        return {Fault::not_doorstep, fmt::format("This Wi-Fi wants a sign-in. {}", not_sent),
                "Sign in to the Wi-Fi, or use another network."};
    case HttpFault::no_network:
        return {Fault::unreachable, "The endpoint could not be reached.", "Check the network."};
    case HttpFault::timeout:
        return {Fault::unreachable, "The endpoint did not answer in time.", "Check the network."};
    default:
        return {Fault::unreachable, with("The connection was cut before the answer was whole", detail) + ".",
                "Check the network."};
    }
}

}  // namespace

Error error_of(HttpFault fault, const std::string& detail) {
    switch (fault) {
    case HttpFault::given_up:
        return {Fault::unreachable, "The exchange was given up.", ""};
    case HttpFault::unknown_certificate:
    case HttpFault::expired:
    case HttpFault::not_yet_valid:
    case HttpFault::wrong_name:
        return of_certificates(fault, detail);
    case HttpFault::plain_http:
        return {Fault::not_doorstep,
                fmt::format("What answered speaks without a sealed connection. {}", not_sent),
                "Check the address and the port of the endpoint."};
    case HttpFault::old_tls:
        return {
            Fault::not_doorstep,
            fmt::format("What answered seals only in an older way that Doorstep does not take. {}", not_sent),
            "Use another network, or check the address of the endpoint."};
    case HttpFault::not_doorstep:
        return {Fault::not_doorstep,
                detail.empty() ? "What answered does not speak like the endpoint." : detail,
                "Check the network, and the address and the port of the endpoint."};
    case HttpFault::none:
    case HttpFault::broken:
        return {Fault::broken, detail.empty() ? "There is not enough memory." : detail, ""};
    default:
        return of_the_way(fault, detail);
    }
}

}  // namespace doorstep
