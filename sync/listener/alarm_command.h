// The operator's own command that tells people of something: a concern that nobody has
// acknowledged, an agency that does not answer.
#pragma once

#include <span>
#include <string>

#include "forms/base/result.h"
#include "sync/listener/listener_limits.h"

namespace doorstep {

inline constexpr limits::milliseconds alarm_command_at_most{10'000};

// Runs `program WORD...` without a shell, its input and output at /dev/null, and waits for it.
// The words are ids and codes of our own and nothing personal: each of 1 to 64 letters, digits,
// '_', '-', '.' or ':' (bad_input otherwise, and nothing is run).  not_found: it cannot be
// started; broken: it ended with another status than 0, or not in time, and was then killed
// with what it started.  Safe from every thread.
Result<void> run_alarm_command(const std::string& program, std::span<const std::string> words,
                               limits::milliseconds at_most = alarm_command_at_most);

// Whether it can be started, by the way that run_alarm_command() looks for it; ok when it is empty.
// not_found.
Result<void> can_run_alarm_command(const std::string& program);

}  // namespace doorstep
