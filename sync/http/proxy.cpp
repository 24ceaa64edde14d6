#include "sync/http/proxy.h"

#include <fmt/format.h>

#include "sync/http/url_part.h"

namespace doorstep {

namespace {

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
    const auto url = take_apart(whole, CURLU_NON_SUPPORT_SCHEME);
    if (!url)
        return wrong("That is not the address of a proxy.");
    if (url_part(url, CURLUPART_SCHEME) != "http")
        return wrong("Doorstep goes through proxies of the kind http:// alone; what it sends stays sealed "
                     "all the same.");
    const std::string path = url_part(url, CURLUPART_PATH);
    if (!url_part(url, CURLUPART_USER).empty())
        return wrong("Name and password of the proxy have fields of their own.");
    if (!url_part(url, CURLUPART_QUERY).empty() || !url_part(url, CURLUPART_FRAGMENT).empty() ||
        (path != "/" && !path.empty()))
        return wrong("The address of the proxy has more than a host and a port.");
    const std::string port = url_part(url, CURLUPART_PORT);
    if (port.empty())
        return wrong("The port of the proxy is missing.");
    return fmt::format("http://{}:{}", url_part(url, CURLUPART_HOST), port);
}

}  // namespace doorstep
