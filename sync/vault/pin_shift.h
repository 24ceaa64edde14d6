// What a PIN opens within a shift: the keys of an opened vault, sealed under the PIN, in
// a piece of memory that survives execve() and nothing else.  It has no name in any
// folder and goes with the last process that holds it; nobody can change it.
//
// The number that Vault::seal_shift() gives stays open over execve().  Whoever locks by
// execve() spares it when closing what else is open, hands it on as an argument, and
// closes it to forget the PIN.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/vault/boot_time.h"
#include "sync/vault/passphrase.h"

namespace doorstep {

// Such a piece of memory for whatever a lock hands on: whoever puts it there has sealed it.
// At most 16 MiB.  Its number, inherited; broken when the system gives none.
Result<int> keep_memory(const char* name, std::string_view bytes);
// refused: not such a piece of memory, or one that somebody could still change.
Result<std::string> memory_at(int number);

struct PinShift {
    Uuid vault;
    Uuid shift;  // its tries are counted under this id
    Uuid slot;
    Uuid boot;                  // of the machine; a restart ends the shift
    std::int64_t began_ms = 0;  // since that boot
    PassphraseWrap wrap;        // all of the above is authenticated with it
};

// Sealed against writing, growing and shrinking; inherited.
Result<int> keep_shift(const PinShift& shift);
// refused: not such a piece of memory, or one that somebody could still change.
Result<PinShift> shift_at(int number);
// Within twelve hours and the same boot.  For the page of sign-ins too: a PIN is asked
// for only while it can help.
bool is_running(const PinShift& shift, const BootTime& time);

std::string shift_context(const PinShift& shift);

}  // namespace doorstep
