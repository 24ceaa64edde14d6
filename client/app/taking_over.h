// What a sign-in does to the records of a tablet before anybody works with them, in the app
// and in a command alike.
#pragma once

#include <cstdint>
#include <optional>

#include "forms/base/result.h"
#include "sync/store/store.h"
#include "sync/vault/vault.h"

namespace doorstep {

struct TakenOver {
    // Why the enrolment was not taken over (facts of another centre are sent first): to be
    // told, the records are usable as they are.
    std::optional<Error> refused;
    // Facts that could not be sent under the enrolment before, and go out under the new one.
    std::int64_t taken_along = 0;
};
// What came while it was locked is folded; the enrolment that lies beside the store, if
// there is one, is taken over.
// REQUIRES: `vault` is open
Result<TakenOver> take_over_what_came(Store& store, const Vault& vault,
                                      const std::optional<TabletIdentity>& identity);

}  // namespace doorstep
