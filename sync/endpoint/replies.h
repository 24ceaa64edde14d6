// Responses, each with words that a person can be shown.
#pragma once

#include <string>

#include "sync/endpoint/endpoint.h"
#include "sync/operation/operation.h"

namespace doorstep {

EndpointResponse frame_response(std::string frame);
EndpointResponse refusal_response(int status, std::string code, std::string what, Sequence expected = 0);
// 503: nothing of the request was kept, and the same again may succeed.
EndpointResponse busy_response(const Error& error);

}  // namespace doorstep
