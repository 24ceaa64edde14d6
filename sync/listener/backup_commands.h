// backup, verify, drill and epoch-new, beside a running serve or without one; restore is of files alone
// (restore.h).
#pragma once

#include <optional>

#include "sync/listener/commands.h"
#include "sync/listener/long_command.h"

namespace doorstep {

// Words: backup {to, key, off_site, off_site_done}; drill {to, sheet...}; epoch-new {reason}.
std::optional<CommandOutcome> backup_commands(DataFolder& data, const Command& command);

// backup and drill, whose work is to write and to read back everything.
bool is_long_command(const Command& command);
// REQUIRES: is_long_command(command)
BegunCommand begin_long_command(DataFolder& data, const Command& command);

}  // namespace doorstep
