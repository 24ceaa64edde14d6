// A tablet's request as the endpoint's listener hands it over, and the answer as the tablet's
// line brings it: the two ends joined by a function call.
#pragma once

#include "sync/endpoint/endpoint.h"
#include "sync/http/http_client.h"
#include "sync/tablet/request_signer.h"

namespace doorstep::testing {

inline EndpointRequest as_it_arrives(const HttpRequest& request) {
    return {request.method, request.path, mark_of(request), request.content_type, "", request.body};
}

inline HttpReply as_it_comes(const EndpointResponse& response) {
    HttpReply reply{response.status,
                    {{"doorstep-endpoint", "1"}, {"content-type", response.content_type}},
                    response.body};
    if (!response.signature.empty())
        reply.headers["doorstep-signature"] = response.signature;
    if (!response.order.empty())
        reply.headers["doorstep-order"] = response.order;
    if (response.retry_after_s > 0)
        reply.headers["retry-after"] = std::to_string(response.retry_after_s);
    return reply;
}

}  // namespace doorstep::testing
