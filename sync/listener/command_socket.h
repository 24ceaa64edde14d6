// The door for the operator's commands beside a running `serve`: a socket in its
// folder that only its own user can open.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "forms/base/result.h"
#include "sync/listener/commands.h"
#include "sync/listener/intake.h"

namespace doorstep {

class CommandSocket {
public:
    // A socket left behind is replaced.  conflict: another one serves in that folder.
    static Result<CommandSocket> open(const std::string& folder, Intake& intake);
    CommandSocket(CommandSocket&&) noexcept;
    ~CommandSocket();  // ends the thread and removes the socket

private:
    struct State;
    explicit CommandSocket(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Nothing when no `serve` runs in that folder.
Result<std::optional<CommandOutcome>> ask_running(const std::string& folder, const Command& command);

}  // namespace doorstep
