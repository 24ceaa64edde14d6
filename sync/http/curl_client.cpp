#include "sync/http/curl_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>

#include "sync/http/captive_portal.h"
#include "sync/http/certificate_check.h"
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

// The reason within "error:0A00010B:SSL routines::wrong version number".
unsigned long reason_of(std::string_view words) {
    constexpr std::string_view mark = "error:";
    const auto at = words.find(mark);
    if (at == std::string_view::npos)
        return 0;
    unsigned long code = 0;
    const auto digits = words.substr(at + mark.size(), 8);
    std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    return code & 0xFFFUL;
}

HttpFault fault_of_handshake(std::string_view words) {
    // SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_WRONG_SSL_VERSION and
    // SSL_R_WRONG_VERSION_NUMBER, of which the last comes of HTTP in clear, too.
    switch (reason_of(words)) {
    case 258:
    case 1070:
    case 266:
        return HttpFault::old_tls;
    case 267:
        return HttpFault::not_doorstep;
    default:
        return HttpFault::cut;
    }
}

HttpFault fault_of(CURLcode code, std::string_view words) {
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        return HttpFault::no_network;
    case CURLE_COULDNT_RESOLVE_PROXY:
        return HttpFault::proxy_not_reached;
    case CURLE_PROXY:
        return HttpFault::proxy_refused;
    case CURLE_ABORTED_BY_CALLBACK:
        return HttpFault::given_up;
    case CURLE_OPERATION_TIMEDOUT:
        return HttpFault::timeout;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        return HttpFault::not_doorstep;
    case CURLE_SSL_CONNECT_ERROR:
        return fault_of_handshake(words);
    case CURLE_PEER_FAILED_VERIFICATION:
        return HttpFault::unknown_certificate;
    case CURLE_OUT_OF_MEMORY:
        return HttpFault::broken;
    default:
        return HttpFault::cut;
    }
}

int is_given_up(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(user)->load() ? 1 : 0;
}

CURLcode check_with(CURL*, void* context, void* user) {
    static_cast<CertificateCheck*>(user)->install(context);
    return CURLE_OK;
}

bool says_its_length(const HttpReply& reply) {
    return reply.headers.count("content-length") != 0 || reply.headers.count("transfer-encoding") != 0 ||
           reply.status == 204 || reply.status == 304;
}

}  // namespace

struct CurlClient::State {
    std::unique_ptr<CURL, CleanHandle> handle;
    EndpointAddress address;
    HttpOptions options;
    std::unique_ptr<CertificateCheck> certificates;
    std::array<char, CURL_ERROR_SIZE> words{};  // of libcurl, never shown
    HttpFault fault = HttpFault::none;

    template<class T>
    void set(CURLoption option, T value) {
        // Only unknown options or lack of memory can fail here; the exchange itself would tell.
        static_cast<void>(curl_easy_setopt(handle.get(), option, value));
    }
    void set_limits();
    void set_sealing();
    void set_proxy();
    void begin();
    Error failed(CURLcode code, const Incoming& incoming);
    HttpFault fault_of_proxy(HttpFault otherwise);
    HttpFault looked_at_in_clear(HttpFault found) const;
    Result<HeaderList> set_request(const HttpRequest& request);
};

void CurlClient::State::set_proxy() {
    const Proxy& proxy = options.limits.proxy;
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
    const CurlLimits& limits = options.limits;
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, address.sealed ? "https" : "http");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_ERRORBUFFER, words.data());
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

void CurlClient::State::set_sealing() {
    // The least and, in the upper half, the most.
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3) * 0x1'0001L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    set(CURLOPT_SSL_ENABLE_ALPN, 0L);
    set(CURLOPT_SSL_CTX_FUNCTION, &check_with);
    set(CURLOPT_SSL_CTX_DATA, certificates.get());
}

void CurlClient::State::begin() {
    fault = HttpFault::none;
    words.front() = '\0';
    if (!certificates)
        return;
    const SystemClock machine;
    const Clock& clock = options.clock ? *options.clock : machine;
    certificates->begin(certificate_time_ms(clock.now_ms(), options.proven_ms));
}

// What it said when it was asked for a way through.
HttpFault CurlClient::State::fault_of_proxy(HttpFault otherwise) {
    long said = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_HTTP_CONNECTCODE, &said);
    if (said == 407)
        return HttpFault::proxy_sign_in;
    if (said == 511 || (said >= 300 && said < 400))
        return HttpFault::sign_in_wanted;
    if (said != 0 && said / 100 != 2)
        return HttpFault::proxy_refused;
    return said == 0 && otherwise == HttpFault::no_network ? HttpFault::proxy_not_reached : otherwise;
}

// A sealed connection that fails is looked at once in clear, without anything of this tablet: a
// sign-in page of a Wi-Fi says what it is there.
HttpFault CurlClient::State::looked_at_in_clear(HttpFault found) const {
    constexpr std::int64_t wait_ms = 3'000;
    const bool spoke_otherwise = found == HttpFault::not_doorstep || found == HttpFault::cut;
    if (spoke_otherwise)
        if (const auto here = who_answers_in_clear(address.host, address.port, wait_ms);
            here != HttpFault::none)
            return here;
    const bool may_be_portal = spoke_otherwise || found == HttpFault::no_network ||
                               found == HttpFault::timeout || found == HttpFault::unknown_certificate;
    if (!may_be_portal || options.portal_port == 0)
        return found;
    const auto there = who_answers_in_clear(address.host, options.portal_port, wait_ms);
    return there == HttpFault::sign_in_wanted ? there : found;
}

Error CurlClient::State::failed(CURLcode code, const Incoming& incoming) {
    if (incoming.too_large) {
        fault = HttpFault::not_doorstep;
        return error_of(fault, "The answer is larger than any answer of the endpoint.");
    }
    const bool sealed = address.sealed;
    double handshake_s = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_APPCONNECT_TIME, &handshake_s);
    fault = fault_of(code, words.data());
    std::string detail = fault == HttpFault::cut ? curl_easy_strerror(code) : "";
    if (certificates && certificates->found() != HttpFault::none) {
        fault = certificates->found();
        detail = certificates->detail();
    }
    if (options.limits.proxy.way != Proxy::Way::none) {
        fault = fault_of_proxy(fault);
    } else if (sealed && handshake_s <= 0 && !(options.limits.given_up && options.limits.given_up->load())) {
        fault = looked_at_in_clear(fault);
    }
    return error_of(fault, detail);
}

Result<HeaderList> CurlClient::State::set_request(const HttpRequest& request) {
    HeaderList headers;
    // Without "Expect:" curl waits a second for "100 Continue" before a large body.
    bool fits = append(headers, "Expect:") && append(headers, "Accept:");
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
    set(CURLOPT_URL, (address.url() + request.path).c_str());
    return headers;
}

CurlClient::CurlClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
CurlClient::CurlClient(CurlClient&&) noexcept = default;
CurlClient::~CurlClient() = default;

Result<std::unique_ptr<CurlClient::State>> CurlClient::begin(EndpointAddress address,
                                                             const HttpOptions& options) {
    // A peer that is gone is an error of the exchange, not a signal that ends the program.
    static const CURLcode ready = (std::signal(SIGPIPE, SIG_IGN), curl_global_init(CURL_GLOBAL_DEFAULT));
    if (ready != CURLE_OK)
        return Error{Fault::broken, "libcurl could not be started.", ""};
    auto state = std::make_unique<State>();
    state->address = std::move(address);
    state->handle.reset(curl_easy_init());
    if (!state->handle)
        return Error{Fault::broken, "libcurl could not be started.", ""};
    state->options = options;
    state->set_limits();
    if (state->address.sealed) {
        state->certificates =
            std::make_unique<CertificateCheck>(state->address.pins, state->address.bare_host());
        state->set_sealing();
    }
    state->set_proxy();
    return state;
}

Result<CurlClient> CurlClient::open(const std::string& endpoint, const HttpOptions& options) {
    TRY(auto address, parse_endpoint_address(endpoint));
    if (address.sealed && address.pins.empty())
        return Error{Fault::refused, "This tablet does not know the certificates of its endpoint.",
                     "It was enrolled before connections were sealed: enrol it again."};
    TRY(auto state, begin(std::move(address), options));
    return CurlClient(std::move(state));
}

Result<std::string> CurlClient::authority_of(const std::string& endpoint, const HttpOptions& options) {
    TRY(auto address, parse_endpoint_address(endpoint));
    if (!address.sealed)
        return Error{Fault::refused, "A centre is only known by a sealed connection.",
                     "Give its address with https://."};
    TRY(const auto state, begin(std::move(address), options));
    state->certificates->learn();
    state->begin();
    state->set(CURLOPT_URL, state->address.url().c_str());
    state->set(CURLOPT_CONNECT_ONLY, 1L);
    const CURLcode code = curl_easy_perform(state->handle.get());
    if (code != CURLE_OK)
        return state->failed(code, Incoming{});
    if (state->certificates->learned().empty())
        return error_of(HttpFault::unknown_certificate, "");
    return state->certificates->learned();
}

Result<HttpReply> CurlClient::exchange(const HttpRequest& request) {
    Incoming incoming;
    incoming.bytes_max = state_->options.limits.reply_bytes_max;
    state_->begin();
    TRY(const auto headers, state_->set_request(request));
    state_->set(CURLOPT_WRITEDATA, &incoming);
    state_->set(CURLOPT_HEADERDATA, &incoming);
    const CURLcode code = curl_easy_perform(state_->handle.get());
    state_->set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    if (code != CURLE_OK)
        return state_->failed(code, incoming);
    long status = 0;
    curl_easy_getinfo(state_->handle.get(), CURLINFO_RESPONSE_CODE, &status);
    incoming.reply.status = static_cast<int>(status);
    if (!says_its_length(incoming.reply)) {
        state_->fault = HttpFault::not_doorstep;
        return error_of(state_->fault, "What answered does not say how long its answer is.");
    }
    return std::move(incoming.reply);
}

HttpFault CurlClient::fault() const {
    return state_->fault;
}

}  // namespace doorstep
