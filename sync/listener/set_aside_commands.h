// The operator sees what was set aside.
#pragma once

#include <optional>

#include "sync/listener/commands.h"

namespace doorstep {

// set-aside-list: ids, tablets, since when and why; no content.
std::optional<CommandOutcome> set_aside_commands(DataFolder& data, const Command& command);

}  // namespace doorstep
