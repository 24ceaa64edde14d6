// How much a JSON text holds, told before it is read: a text of brackets costs its
// reader twenty times its own size.
#pragma once

#include <string>
#include <string_view>

namespace doorstep {

// "is nested more than 64 deep", "holds more than 2000000 values", or nothing.
std::string too_much_json(std::string_view text);

}  // namespace doorstep
