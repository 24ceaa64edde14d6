// The commands about officers: officers, officers leave, officers return.
#pragma once

#include <optional>

#include "sync/listener/commands.h"

namespace doorstep {

std::optional<CommandOutcome> officer_commands(DataFolder& data, const Command& command);

}  // namespace doorstep
