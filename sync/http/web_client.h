// libcurl as an HttpClient to somebody else's web address: an agency's.  HTTPS with the authorities
// that this machine trusts (SSL_CERT_FILE may name others), TLS 1.2 or newer; http only to this
// machine itself.  No redirect, no cookie, no proxy, no compression, one connection for each exchange.
//
// Whatever goes wrong is `unreachable`: the caller cannot know whether the other side acted.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "sync/http/http_client.h"

namespace doorstep {

struct WebLimits {
    std::int64_t connect_ms = 5'000;
    std::int64_t whole_ms = 20'000;
    std::size_t reply_bytes_max = std::size_t{64} * 1024;
    // Once it is true, set by any thread, an exchange ends within a second or two.
    const std::atomic<bool>* given_up = nullptr;
};

class WebClient final : public HttpClient {
public:
    // `origin`: "https://fire.example:8443", checked by whoever set it.
    WebClient(std::string origin, const WebLimits& limits) : origin_(std::move(origin)), limits_(limits) {}
    Result<HttpReply> exchange(const HttpRequest& request) override;

private:
    std::string origin_;
    WebLimits limits_;
};

}  // namespace doorstep
