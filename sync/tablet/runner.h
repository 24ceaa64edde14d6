// Carries out what a SyncEngine asks for, against a store and an HttpClient: when
// to try, the back-off, the thread that may block.
#pragma once

#include <functional>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/http/http_client.h"
#include "sync/store/store.h"
#include "sync/tablet/engine.h"

namespace doorstep {

// Synchronous: the season, command lines and tests.  Runs until the tablet is up to
// date, until `give_up_after` attempts have failed in a row, or until a refusal that
// trying again cannot mend.  `sleep_ms` is called for each back-off.
struct SyncOutcome {
    SyncState state;
    bool up_to_date = false;
};
Result<SyncOutcome> sync_now(Store& store, HttpClient& http, const Clock& clock, Random& random,
                             const std::function<void(std::int64_t)>& sleep_ms, int give_up_after = 10,
                             std::optional<AppAtWork> at_work = {},
                             ParcelFolder* parcels = nullptr);  // null: no reference data is fetched

}  // namespace doorstep
