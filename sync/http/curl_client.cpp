#include "sync/http/curl_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>

#include "sync/http/endpoint_address.h"

namespace doorstep {

namespace {

struct CleanHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

bool append(HeaderList& list, const std::string& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (!longer)
        return false;
    static_cast<void>(list.release());
    list.reset(longer);
    return true;
}

// What the callbacks of one exchange fill.
struct Incoming {
    HttpReply reply;
    std::size_t bytes_max = 0;
    bool too_large = false;
};

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* user) {
    auto& incoming = *static_cast<Incoming*>(user);
    if (incoming.reply.body.size() + count > incoming.bytes_max) {
        incoming.too_large = true;
        return 0;
    }
    incoming.reply.body.append(bytes, count);
    return count;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* user) {
    auto& incoming = *static_cast<Incoming*>(user);
    const std::string_view line(bytes, count);
    if (line.starts_with("HTTP/")) {  // of the final reply, or of one that came before it
        incoming.reply.headers.clear();
        return count;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return count;
    std::string name(trimmed(line.substr(0, colon)));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    incoming.reply.headers.insert_or_assign(std::move(name), std::string(trimmed(line.substr(colon + 1))));
    return count;
}

Error failure(CURLcode code, const Incoming& incoming) {
    if (incoming.too_large)
        return {Fault::not_doorstep, "The answer is larger than any answer of the endpoint.",
                "Check the network and the address of the endpoint."};
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        return {Fault::unreachable, "The endpoint could not be reached.", "Check the network."};
    case CURLE_ABORTED_BY_CALLBACK:
        return {Fault::unreachable, "The exchange was given up.", ""};
    case CURLE_OPERATION_TIMEDOUT:
        return {Fault::unreachable, "The endpoint did not answer in time.", "Check the network."};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        return {Fault::not_doorstep, "What answered does not speak like the endpoint.",
                "Check the address and the port of the endpoint."};
    case CURLE_OUT_OF_MEMORY:
        return {Fault::broken, "There is not enough memory.", ""};
    default:
        return {
            Fault::unreachable,
            fmt::format("The connection was cut before the answer was whole ({}).", curl_easy_strerror(code)),
            "Check the network."};
    }
}

int is_given_up(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(user)->load() ? 1 : 0;
}

bool says_its_length(const HttpReply& reply) {
    return reply.headers.count("content-length") != 0 || reply.headers.count("transfer-encoding") != 0 ||
           reply.status == 204 || reply.status == 304;
}

}  // namespace

struct CurlClient::State {
    std::unique_ptr<CURL, CleanHandle> handle;
    std::string address;
    std::string token;
    CurlLimits limits;

    template<class T>
    void set(CURLoption option, T value) {
        // Only unknown options or lack of memory can fail here; the exchange itself would tell.
        static_cast<void>(curl_easy_setopt(handle.get(), option, value));
    }
    void set_limits();
    void set_proxy();
    Result<HeaderList> set_request(const HttpRequest& request);
};

void CurlClient::State::set_proxy() {
    const Proxy& proxy = limits.proxy;
    if (proxy.way == Proxy::Way::none) {
        // An empty one also silences http_proxy and all_proxy of the environment.
        set(CURLOPT_PROXY, "");
        set(CURLOPT_NOPROXY, "*");
        return;
    }
    // Its own answer is not the endpoint's.
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (proxy.address.empty())
        return;
    set(CURLOPT_PROXY, proxy.address.c_str());
    set(CURLOPT_NOPROXY, "");
    if (proxy.name.empty())
        return;
    set(CURLOPT_PROXYUSERNAME, proxy.name.c_str());
    set(CURLOPT_PROXYPASSWORD, proxy.password.c_str());
    set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_ANY));
}

void CurlClient::State::set_limits() {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set_proxy();
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_ms));
    set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(limits.slow_bytes_per_s));
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.slow_s));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.whole_ms));
    if (limits.given_up) {
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &is_given_up);
        set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(limits.given_up));
    }
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_HEADERFUNCTION, &take_header);
}

Result<HeaderList> CurlClient::State::set_request(const HttpRequest& request) {
    HeaderList headers;
    // Without "Expect:" curl waits a second for "100 Continue" before a large body.
    bool fits = append(headers, "Expect:") && append(headers, "Accept:");
    if (!token.empty())
        fits = fits && append(headers, "Authorization: Bearer " + token);
    for (const auto& [name, value] : request.headers) {
        if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            return Error{Fault::bad_input, "A header of the request holds a line break.", ""};
        fits = fits && append(headers, name + ": " + value);
    }
    if (request.method == "GET") {
        set(CURLOPT_HTTPGET, 1L);
        set(CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr));
    } else {
        fits = fits && append(headers, "Content-Type: " + request.content_type);
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_POSTFIELDS, request.body.data());
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    if (!fits)
        return Error{Fault::broken, "There is not enough memory.", ""};
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_URL, (address + request.path).c_str());
    return headers;
}

CurlClient::CurlClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
CurlClient::CurlClient(CurlClient&&) noexcept = default;
CurlClient::~CurlClient() = default;

Result<CurlClient> CurlClient::open(const std::string& endpoint, const std::string& token,
                                    const CurlLimits& limits) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK)
        return Error{Fault::broken, "libcurl could not be started.", ""};
    if (token.find_first_of("\r\n") != std::string::npos)
        return Error{Fault::bad_input, "The tablet's token is damaged.", "Enrol the tablet again."};
    auto state = std::make_unique<State>();
    TRY(state->address, endpoint_address(endpoint));
    state->handle.reset(curl_easy_init());
    if (!state->handle)
        return Error{Fault::broken, "libcurl could not be started.", ""};
    state->token = token;
    state->limits = limits;
    state->set_limits();
    return CurlClient(std::move(state));
}

Result<HttpReply> CurlClient::exchange(const HttpRequest& request) {
    Incoming incoming;
    incoming.bytes_max = state_->limits.reply_bytes_max;
    TRY(const auto headers, state_->set_request(request));
    state_->set(CURLOPT_WRITEDATA, &incoming);
    state_->set(CURLOPT_HEADERDATA, &incoming);
    const CURLcode code = curl_easy_perform(state_->handle.get());
    state_->set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    if (code != CURLE_OK)
        return failure(code, incoming);
    long status = 0;
    curl_easy_getinfo(state_->handle.get(), CURLINFO_RESPONSE_CODE, &status);
    incoming.reply.status = static_cast<int>(status);
    if (!says_its_length(incoming.reply))
        return Error{Fault::not_doorstep, "What answered does not say how long its answer is.",
                     "Check the network and the address of the endpoint."};
    return std::move(incoming.reply);
}

}  // namespace doorstep
