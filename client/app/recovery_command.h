// `doorstep recover`: the way in with the recovery key of the custody sheet, when no team lead
// of a tablet knows a passphrase any more, or its device secret is lost.
#pragma once

#include <optional>
#include <string>

#include "client/app/tablet_places.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/vault/passphrase.h"

namespace doorstep {

struct RecoveryGiven {
    TabletPlaces places;
    std::string lead;                                 // code of the team lead who is let in
    std::string sheet;                                // the custody sheet or its line; empty: typed
    std::string passphrase_file;                      // that lead's new one; empty: typed twice
    std::optional<PasswordCost> cost = std::nullopt;  // of a guess; tests
};
// That lead may sign in with the new passphrase; everybody else as before.  Where the vault
// opens under no device secret any more it is made anew, and with it the device secret and
// who this tablet is: then that lead is the only one.  Nothing of the records changes.  What to
// print.
// Errors: not_found (no vault), bad_input (mistyped, which group), refused (another
// partnership's key; others may read a file), conflict (a Doorstep is at work; the code is
// an officer's).  After one everything is as it was.
Result<std::string> recover(const RecoveryGiven& given, const Clock& clock, Random& random);

}  // namespace doorstep
