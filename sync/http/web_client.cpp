#include "sync/http/web_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

namespace doorstep {

namespace {

struct CleanHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct ReplyBody {
    std::string text;
    std::size_t bytes_max = 0;
};

std::size_t keep_body(char* bytes, std::size_t, std::size_t count, void* user) {
    auto& body = *static_cast<ReplyBody*>(user);
    if (body.text.size() + count > body.bytes_max)
        return 0;
    body.text.append(bytes, count);
    return count;
}

int is_over(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(user)->load() ? 1 : 0;
}

class Exchange {
public:
    Exchange() : handle_(curl_easy_init()) {}
    bool ready() const { return handle_ && fits_; }

    template<class T>
    void set(CURLoption option, T value) {
        fits_ = curl_easy_setopt(handle_.get(), option, value) == CURLE_OK && fits_;
    }
    void header(const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        fits_ = longer != nullptr && fits_;
        if (longer == nullptr)
            return;
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }
    CURLcode perform() {
        set(CURLOPT_HTTPHEADER, headers_.get());
        return ready() ? curl_easy_perform(handle_.get()) : CURLE_OUT_OF_MEMORY;
    }
    int status() const {
        long status = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
        return static_cast<int>(status);
    }

private:
    std::unique_ptr<CURL, CleanHandle> handle_;
    std::unique_ptr<curl_slist, FreeList> headers_;
    bool fits_ = true;
};

void set_rules(Exchange& exchange, const WebLimits& limits) {
    exchange.set(CURLOPT_NOSIGNAL, 1L);
    exchange.set(CURLOPT_PROTOCOLS_STR, "http,https");
    exchange.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    exchange.set(CURLOPT_HTTP09_ALLOWED, 0L);
    exchange.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    exchange.set(CURLOPT_SSL_VERIFYPEER, 1L);
    exchange.set(CURLOPT_SSL_VERIFYHOST, 2L);
    // libcurl's library does not look at it, as the tool of that name does.
    if (const char* const authorities = std::getenv("SSL_CERT_FILE"))
        exchange.set(CURLOPT_CAINFO, authorities);
    exchange.set(CURLOPT_FOLLOWLOCATION, 0L);
    exchange.set(CURLOPT_PROXY, "");
    exchange.set(CURLOPT_NOPROXY, "*");
    exchange.set(CURLOPT_FRESH_CONNECT, 1L);
    exchange.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_ms));
    exchange.set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.whole_ms));
    if (limits.given_up) {
        exchange.set(CURLOPT_NOPROGRESS, 0L);
        exchange.set(CURLOPT_XFERINFOFUNCTION, &is_over);
        exchange.set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(limits.given_up));
    }
}

bool breaks_line(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers)
        if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            return true;
    return false;
}

}  // namespace

Result<HttpReply> WebClient::exchange(const HttpRequest& request) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK)
        return Error{Fault::broken, "libcurl could not be started.", ""};
    if (breaks_line(request))
        return Error{Fault::bad_input, "A header of the request holds a line break.", ""};
    Exchange exchange;
    if (!exchange.ready())
        return Error{Fault::broken, "libcurl could not be started.", ""};
    set_rules(exchange, limits_);
    const std::string url = origin_ + request.path;
    exchange.set(CURLOPT_URL, url.c_str());
    exchange.header("Expect:");
    exchange.header("Accept: application/json");
    for (const auto& [name, value] : request.headers)
        exchange.header(name + ": " + value);
    if (request.method != "GET") {
        exchange.header("Content-Type: " + request.content_type);
        exchange.set(CURLOPT_POST, 1L);
        exchange.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        exchange.set(CURLOPT_POSTFIELDS, request.body.data());
        exchange.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    ReplyBody body{{}, limits_.reply_bytes_max};
    exchange.set(CURLOPT_WRITEFUNCTION, &keep_body);
    exchange.set(CURLOPT_WRITEDATA, &body);
    const CURLcode code = exchange.perform();
    if (code != CURLE_OK)
        return Error{Fault::unreachable, fmt::format("No whole answer came ({}).", curl_easy_strerror(code)),
                     "Check the address, the network and the other side's certificate."};
    return HttpReply{exchange.status(), {}, std::move(body.text)};
}

}  // namespace doorstep
