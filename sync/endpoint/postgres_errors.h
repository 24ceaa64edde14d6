// What a failure of PostgreSQL means to whoever has to mend it.
#pragma once

#include <string_view>

#include "forms/base/result.h"

namespace doorstep {

// `state`: the SQLSTATE, or empty where the connection itself is gone.  `words`: what the server says;
// repeated only for states in which it names no content.
Error postgres_error(std::string_view state, std::string_view words);

// Ended because of another transaction: the same again may succeed.
bool is_ended_by_another(std::string_view state);

}  // namespace doorstep
