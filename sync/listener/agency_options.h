// What `agencies`, `referrals` and the sending of `serve` are asked with, on the command line.
#pragma once

#include "forms/base/result.h"
#include "sync/listener/commands.h"
#include "sync/listener/sending.h"

namespace CLI {
class App;
}

namespace doorstep {

void declare_agencies(CLI::App& app, Command& command);
void declare_sending(CLI::App& serve, SendingOptions& sending);
// The secret of --secret-file as a word of the command; others may not read that file.
Result<void> read_agency_secret(Command& command);
// Of `referrals withdraw`, before its reason travels to a running endpoint as text: bad_input where it says
// nothing, is too long or is no text.  Any other command is well.
Result<void> check_withdrawal(const Command& command);

}  // namespace doorstep
