#include "sync/http/captive_portal.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string_view>

#include "sync/http/url_part.h"

namespace doorstep {

namespace {

struct CleanHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

constexpr std::size_t looked_at_max = 4096;

// Enough to know a page by.
std::size_t take(char* bytes, std::size_t, std::size_t count, void* user) {
    auto& body = *static_cast<std::string*>(user);
    body.append(bytes, std::min(count, looked_at_max - std::min(looked_at_max, body.size())));
    return body.size() < looked_at_max ? count : 0;
}

// A web server that leads from http to https on its own host is no portal.
bool leads_elsewhere(const char* location, const std::string& host) {
    const auto url = location ? take_apart(location) : TakenApart{};
    return !url || host != url_part(url, CURLUPART_HOST);
}

bool is_page(const char* type, std::string body) {
    std::transform(body.begin(), body.end(), body.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return (type && std::string_view(type).find("html") != std::string_view::npos) ||
           body.find("<html") != std::string::npos || body.find("<script") != std::string::npos;
}

}  // namespace

HttpFault who_answers_in_clear(const std::string& host, std::uint16_t port, std::int64_t wait_ms) {
    const std::unique_ptr<CURL, CleanHandle> handle(curl_easy_init());
    if (!handle)
        return HttpFault::none;
    std::string body;
    const auto set = [&](CURLoption option, auto value) {
        static_cast<void>(curl_easy_setopt(handle.get(), option, value));
    };
    set(CURLOPT_URL, fmt::format("http://{}:{}/", host, port).c_str());
    set(CURLOPT_PROTOCOLS_STR, "http");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(wait_ms));
    set(CURLOPT_WRITEFUNCTION, &take);
    set(CURLOPT_WRITEDATA, &body);
    static_cast<void>(curl_easy_perform(handle.get()));  // cut off, or too long, it still tells enough
    long status = 0;
    char* location = nullptr;
    char* type = nullptr;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle.get(), CURLINFO_REDIRECT_URL, &location);
    curl_easy_getinfo(handle.get(), CURLINFO_CONTENT_TYPE, &type);
    if (status == 0)
        return HttpFault::none;
    const bool redirects = status >= 300 && status < 400;
    if (status == 511 || (redirects && leads_elsewhere(location, host)) ||
        (status >= 200 && status < 300 && is_page(type, body)))
        return HttpFault::sign_in_wanted;
    return HttpFault::plain_http;
}

}  // namespace doorstep
