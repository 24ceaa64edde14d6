// Letting a tablet in by a code: the operator's commands.
#pragma once

#include <optional>

#include "sync/listener/commands.h"

namespace doorstep {

// enrol-code, tablets-waiting, tablets-words, tablets-approve, tablets-decline.
std::optional<CommandOutcome> code_commands(DataFolder& data, const Command& command);

// In the answer to enrol-code: what stands before the invitation's text (wire/invitation.h).
inline constexpr const char* invitation_line = "\ninvitation   ";

}  // namespace doorstep
