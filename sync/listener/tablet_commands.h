// The commands about a tablet that is lost or leaves: tablets lost, revoke, retire, wipe.
#pragma once

#include <optional>

#include "sync/listener/commands.h"

namespace doorstep {

std::optional<CommandOutcome> tablet_commands(DataFolder& data, const Command& command);

}  // namespace doorstep
