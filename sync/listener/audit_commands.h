// The operator reads the audit, and holds it against what the tablets keep of it.
#pragma once

#include <optional>

#include "sync/listener/commands.h"

namespace doorstep {

// audit, with "heads": the lines that `doorstep audit-heads` printed on tablets.
std::optional<CommandOutcome> audit_commands(DataFolder& data, const Command& command);

}  // namespace doorstep
