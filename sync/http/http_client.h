// One HTTP exchange.  A true seam: libcurl in the app, a faulty loopback in
// tests.  A reply that was cut, or never came, is an error here, never a status.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "forms/base/result.h"
#include "sync/http/http_fault.h"

namespace doorstep {

struct HttpRequest {
    std::string method;  // GET, POST, PUT
    std::string path;    // "/v1/push", with its query
    std::string content_type;
    std::string body;
    // Further ones, as they are to be sent; a line break in one is refused.
    std::vector<std::pair<std::string, std::string>> headers{};
};

struct HttpReply {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    // Signed by the endpoint of our enrolment, in answer to what was asked.  Set by the tablet's
    // request signer alone.
    bool proven = false;
};

class HttpClient {
public:
    virtual ~HttpClient() = default;
    // Blocks until the reply is whole or the attempt has failed: `unreachable`
    // (no connection, time-out, cut off), `not_doorstep` (not HTTP at all, another certificate),
    // `refused` (a certificate out of its time).
    virtual Result<HttpReply> exchange(const HttpRequest& request) = 0;
    // Why the last exchange failed, for a screen that has words of its own; none after a reply.
    virtual HttpFault fault() const { return HttpFault::none; }
};

}  // namespace doorstep
