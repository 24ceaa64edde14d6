// libcurl as an HttpClient: one endpoint, one connection kept open between
// exchanges.  No redirect, no cookie, no compression.
//
// A reply that does not say how long it is could be cut unseen, so it counts as
// `not_doorstep`.  Used by one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "forms/base/result.h"
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

class CurlClient final : public HttpClient {
public:
    // `refused` for an address that endpoint_address() refuses.  `token` may be empty.
    static Result<CurlClient> open(const std::string& endpoint, const std::string& token,
                                   const CurlLimits& limits = {});
    CurlClient(CurlClient&&) noexcept;
    ~CurlClient() override;

    Result<HttpReply> exchange(const HttpRequest& request) override;

private:
    struct State;
    explicit CurlClient(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
