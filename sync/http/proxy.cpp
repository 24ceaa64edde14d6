#include "sync/http/proxy.h"

#include <curl/curl.h>
#include <fmt/format.h>

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

Error wrong(const char* what) {
    return {Fault::bad_input, what, "Write it as proxy.example.org:3128."};
}

bool has_space(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f')
            return true;
    return false;
}

}  // namespace

Result<std::string> proxy_address(std::string_view typed) {
    while (!typed.empty() && typed.front() == ' ')
        typed.remove_prefix(1);
    while (!typed.empty() && typed.back() == ' ')
        typed.remove_suffix(1);
    if (typed.empty())
        return wrong("The address of the proxy is missing.");
    if (has_space(typed))
        return wrong("The address of the proxy has a space in it.");
    const std::string whole =
        typed.find("://") == std::string_view::npos ? fmt::format("http://{}", typed) : std::string(typed);
    const std::unique_ptr<CURLU, CleanUrl> url(curl_url());
    if (!url)
        return Error{Fault::broken, "There is not enough memory.", ""};
    if (curl_url_set(url.get(), CURLUPART_URL, whole.c_str(), 0) != CURLUE_OK)
        return wrong("That is not the address of a proxy.");
    if (part(url.get(), CURLUPART_SCHEME) != "http")
        return wrong("Doorstep goes through proxies of the kind http:// alone; what it sends stays sealed "
                     "all the same.");
    const std::string path = part(url.get(), CURLUPART_PATH);
    if (!part(url.get(), CURLUPART_USER).empty())
        return wrong("Name and password of the proxy have fields of their own.");
    if (!part(url.get(), CURLUPART_QUERY).empty() || !part(url.get(), CURLUPART_FRAGMENT).empty() ||
        (path != "/" && !path.empty()))
        return wrong("The address of the proxy has more than a host and a port.");
    const std::string port = part(url.get(), CURLUPART_PORT);
    if (port.empty())
        return wrong("The port of the proxy is missing.");
    return fmt::format("http://{}:{}", part(url.get(), CURLUPART_HOST), port);
}

}  // namespace doorstep
