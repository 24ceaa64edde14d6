// libcurl as an HttpClient: one endpoint, one connection kept open between
// exchanges.  TLS 1.3 and the pinned authority only (certificate_check.h); no redirect, no cookie,
// no compression, and no proxy but the one that is set.
//
// A reply that does not say how long it is could be cut unseen, so it counts as
// `not_doorstep`.  Used by one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "sync/http/endpoint_address.h"
#include "sync/http/http_client.h"
#include "sync/http/proxy.h"

namespace doorstep {

struct CurlLimits {
    std::int64_t connect_ms = 5'000;
    // An exchange slower than this over `slow_s` seconds is given up.
    std::int64_t slow_bytes_per_s = 64;
    std::int64_t slow_s = 30;
    std::int64_t whole_ms = 5 * 60'000;
    // A page of a pull is at most 4 MiB before compression.
    std::size_t reply_bytes_max = 4 * 1024 * 1024 + 64 * 1024;
    // Once it is true, set by any thread, an exchange ends within a second or two.  Must
    // outlive the client.
    const std::atomic<bool>* given_up = nullptr;
    // Of `automatic` the address is what the system said; empty: what the environment says.
    Proxy proxy = {};
};

struct HttpOptions {
    // For the time of certificates; null: the machine's.  Must outlive the client.
    const Clock* clock = nullptr;
    // The time that the endpoint proved last to this tablet, if any.
    std::int64_t proven_ms = 0;
    // Where a Wi-Fi shows its sign-in page when a sealed connection fails; 0: never asked.
    std::uint16_t portal_port = 80;
    CurlLimits limits;
};

class CurlClient final : public HttpClient {
public:
    // `endpoint`: a pinned_address().  `refused` for one that parse_endpoint_address() refuses, and for
    // https without pins.
    static Result<CurlClient> open(const std::string& endpoint, const HttpOptions& options = {});
    // Which authority stands behind that address: the SHA-256 of its public key, 32 bytes.  For a person to
    // compare; nothing is sent but the handshake.  Errors as exchange(), and refused for an address in clear.
    static Result<std::string> authority_of(const std::string& endpoint, const HttpOptions& options = {});
    CurlClient(CurlClient&&) noexcept;
    ~CurlClient() override;

    Result<HttpReply> exchange(const HttpRequest& request) override;
    HttpFault fault() const override;

private:
    struct State;
    explicit CurlClient(std::unique_ptr<State> state);
    static Result<std::unique_ptr<State>> begin(EndpointAddress address, const HttpOptions& options);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
