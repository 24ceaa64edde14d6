// backup, verify, drill and epoch-new, beside a running serve or without one; restore is of files alone
// (restore.h).
#pragma once

#include <optional>

#include "sync/listener/commands.h"

namespace doorstep {

// Words: backup {to, key, off_site, off_site_done}; drill {to, sheet...}; epoch-new {reason}.
std::optional<CommandOutcome> backup_commands(DataFolder& data, const Command& command);

}  // namespace doorstep
