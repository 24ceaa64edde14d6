// A passphrase from whoever sits at the terminal, without an echo.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "forms/base/secret.h"

namespace doorstep {

// Asks on standard error and reads a line of standard input.  The terminal is as it was when
// this returns, and before a signal ends or stops the program (Ctrl-C, Ctrl-Z, a hang-up).
// `instead`: how to go on where nobody is at a terminal ("Name a file ...").
// Errors: bad_input: no terminal, or nothing was typed.
// REQUIRES: no other thread
Result<SecretText> typed_secret(const std::string& prompt, const std::string& what,
                                const std::string& instead);
Result<SecretText> typed_passphrase(const std::string& whose, const std::string& instead);

}  // namespace doorstep
