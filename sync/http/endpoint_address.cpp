#include "sync/http/endpoint_address.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>

namespace doorstep {

namespace {

struct CleanUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, 0) != CURLUE_OK)
        return {};
    std::string found(text);
    curl_free(text);
    return found;
}

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
            "Give the address as http://127.0.0.1 and a port, for example http://127.0.0.1:8080."};
}

}  // namespace

Result<std::string> endpoint_address(std::string_view text) {
    const std::unique_ptr<CURLU, CleanUrl> url(curl_url());
    if (!url)
        return Error{Fault::broken, "There is not enough memory.", ""};
    if (curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK)
        return wrong("The address of the endpoint is not a web address.");
    if (part(url.get(), CURLUPART_SCHEME) != "http")
        return wrong("The address of the endpoint must begin with http://; sealed connections (https) "
                     "are not there yet.");
    const std::string path = part(url.get(), CURLUPART_PATH);
    if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_QUERY).empty() ||
        !part(url.get(), CURLUPART_FRAGMENT).empty() || (path != "/" && !path.empty()))
        return wrong("The address of the endpoint has more than a host and a port.");
    const std::string host = part(url.get(), CURLUPART_HOST);
    if (host != "localhost" && host != "[::1]" && !is_loopback_ipv4(host))
        return wrong("The endpoint is on another machine, and what is sent there without a sealed connection "
                     "could be read on the way. Nothing was sent.");
    const std::string port = part(url.get(), CURLUPART_PORT);
    return port.empty() ? "http://" + host : fmt::format("http://{}:{}", host, port);
}

}  // namespace doorstep
