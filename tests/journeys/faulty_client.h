// An HttpClient that does the request and then may lose its reply, or have the
// endpoint killed while the request is on its way.
#pragma once

#include <functional>

#include "forms/base/random.h"
#include "sync/http/http_client.h"

namespace doorstep::journey {

class FaultyClient final : public HttpClient {
public:
    // `around` carries out one exchange; it may do anything to the endpoint meanwhile.
    using Around = std::function<Result<HttpReply>(HttpClient& inner, const HttpRequest& request)>;

    FaultyClient(HttpClient& inner, Random& random, double lose, Around around)
        : inner_(inner), random_(random), lose_(lose), around_(std::move(around)) {}

    Result<HttpReply> exchange(const HttpRequest& request) override {
        ++exchanges_;
        Result<HttpReply> reply = around_ ? around_(inner_, request) : inner_.exchange(request);
        if (!reply.ok() || !random_.chance(lose_))
            return reply;
        ++lost_;
        return Error{Fault::unreachable, "The reply was lost.", "Try again."};
    }

    int exchanges() const { return exchanges_; }
    int lost() const { return lost_; }

private:
    HttpClient& inner_;
    Random& random_;
    double lose_;
    Around around_;
    int exchanges_ = 0;
    int lost_ = 0;
};

}  // namespace doorstep::journey
