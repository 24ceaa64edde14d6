#include "sync/http/url_part.h"

namespace doorstep {

TakenApart take_apart(const std::string& address, unsigned flags) {
    TakenApart url(curl_url());
    if (url && curl_url_set(url.get(), CURLUPART_URL, address.c_str(), flags) != CURLUE_OK)
        url.reset();
    return url;
}

std::string url_part(const TakenApart& address, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(address.get(), which, &text, 0) != CURLUE_OK)
        return {};
    std::string found(text);
    curl_free(text);
    return found;
}

}  // namespace doorstep
