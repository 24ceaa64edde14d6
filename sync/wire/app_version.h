// Versions of the app as the endpoint asks for them: numbers with dots between, "0.10.2".
#pragma once

#include <string_view>

namespace doorstep::wire {

// At least one number, nothing else.
bool is_app_version(std::string_view text);
// A missing part counts as 0.  What is no version is never older, nor asks for anything.
bool is_older(std::string_view version, std::string_view than);

}  // namespace doorstep::wire
