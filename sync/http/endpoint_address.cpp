#include "sync/http/endpoint_address.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "forms/base/encoding.h"
#include "sync/http/url_part.h"

namespace doorstep {

namespace {

// Only the four decimal numbers that everybody reads in the same way.
bool is_loopback_ipv4(std::string_view host) {
    std::array<int, 4> numbers{};
    const char* at = host.data();
    const char* const end = host.data() + host.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, numbers[i]);
        if (error != std::errc{} || next - at > 3 || numbers[i] < 0 || numbers[i] > 255)
            return false;
        at = next;
        if (i + 1 < numbers.size() && (at == end || *at++ != '.'))
            return false;
    }
    return at == end && numbers[0] == 127;
}

Error wrong(std::string what) {
    return {Fault::refused, std::move(what),
            "Give the address as https://, a host and a port, for example https://endpoint.example:8443."};
}

}  // namespace

std::string EndpointAddress::url() const {
    const char* const scheme = sealed ? "https" : "http";
    return port == (sealed ? 443 : 80) ? fmt::format("{}://{}", scheme, host)
                                       : fmt::format("{}://{}:{}", scheme, host, port);
}

std::string EndpointAddress::bare_host() const {
    return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

Result<EndpointAddress> parse_endpoint_address(std::string_view text) {
    const auto url = take_apart(std::string(text));
    if (!url)
        return wrong("The address of the endpoint is not a web address.");
    const std::string scheme = url_part(url, CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https")
        return wrong("The address of the endpoint must begin with https://.");
    const std::string path = url_part(url, CURLUPART_PATH);
    if (!url_part(url, CURLUPART_USER).empty() || !url_part(url, CURLUPART_QUERY).empty() ||
        (path != "/" && !path.empty()))
        return wrong("The address of the endpoint has more than a host and a port.");
    const auto pins = from_hex(url_part(url, CURLUPART_FRAGMENT));
    if (!pins || (!pins->empty() && pins->size() != 32 && pins->size() != 64))
        return wrong("What the address of the endpoint says of its certificates is damaged.");
    EndpointAddress address;
    address.pins = *pins;
    address.sealed = scheme == "https";
    address.host = url_part(url, CURLUPART_HOST);
    if (address.host.empty())
        return wrong("The address of the endpoint names no host.");
    if (!address.sealed && address.host != "localhost" && address.host != "[::1]" &&
        !is_loopback_ipv4(address.host))
        return wrong("The endpoint is on another machine, and what is sent there without a sealed connection "
                     "could be read on the way. Nothing was sent.");
    address.port = address.sealed ? 443 : 80;
    const std::string port = url_part(url, CURLUPART_PORT);
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (!port.empty() && (problem != std::errc{} || end != port.data() + port.size() || address.port == 0))
        return wrong("The port of the endpoint is none.");
    return address;
}

Result<std::string> pinned_address(std::string_view text, const std::string& pins) {
    TRY(const auto address, parse_endpoint_address(text));
    return address.sealed ? address.url() + "#" + to_hex(pins) : address.url();
}

}  // namespace doorstep
