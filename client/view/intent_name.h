// What an intent is called where it is told of: never with its content.
#pragma once

#include <string_view>

#include "client/view/intent.h"

namespace doorstep {

// Whether it carries a passphrase or a PIN, which nobody may keep.
bool holds_secret(const Intent& intent);

std::string_view name_of(const Intent& intent);  // "GiveAnswer"

}  // namespace doorstep
