// Where an endpoint is, as its enrolment wrote it down.
#pragma once

#include <string>
#include <string_view>

#include "forms/base/result.h"

namespace doorstep {

// "http://127.0.0.1:8080" without a slash at its end.  Until the connection is
// sealed by TLS only this machine itself may be named: 127.0.0.0/8, [::1] and
// localhost.  Everything else is refused with a sentence that says why.
Result<std::string> endpoint_address(std::string_view text);

}  // namespace doorstep
