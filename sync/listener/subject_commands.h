// What people may ask about what is recorded of them, and what may be forgotten: erase, retention,
// history, subject-access, seen, export; and concerns, for safeguarding leads.
#pragma once

#include <optional>

#include "sync/listener/commands.h"

namespace doorstep {

// Words: erase {subject, who, reason}; retention-run, retention-report {who}; history, subject-access
// {subject, who, reason}; export {from, to, who, second, passphrase, reason}; confirmers-add {name,
// passphrase}, confirmers-list.
std::optional<CommandOutcome> subject_commands(DataFolder& data, const Command& command);
// concerns-list, -open, -acknowledge, -release {id, who, passphrase}; concerns-leads-list; -leads-add
// {name, passphrase, sheet: the safeguarding secret as hex}.
std::optional<CommandOutcome> concern_commands(DataFolder& data, const Command& command);

}  // namespace doorstep
