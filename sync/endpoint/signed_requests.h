// Who sent a request: the tablet whose key signed it, with a number above its last one.
//
// What was signed once is taken once.  An unknown tablet and a bad signature are told alike, so
// that nobody learns which enrolments there are.
#pragma once

#include <variant>

#include "sync/endpoint/endpoint_state.h"

namespace doorstep {

// The tablet, whose number is kept in the caller's transaction; or the refusal.  A signature that was
// looked at ahead, with the key that the tablet has now, is not looked at again.
using Caller = std::variant<TabletRow, EndpointResponse>;
Result<Caller> signed_by(const EndpointRequest& request, SqlConnection& sql, const Clock& clock,
                         const Foreseen* foreseen);

// In answer to that request, whoever sent it; a request without a signature gets an answer
// without one.
void sign_reply(const SigningPair& pair, const EndpointRequest& request, EndpointResponse& response);

}  // namespace doorstep
