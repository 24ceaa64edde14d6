// What an effect of the engine means to the store: the one place where they meet,
// for the runner, the app's thread and the simulator alike.
#pragma once

#include <optional>

#include "sync/store/store.h"
#include "sync/tablet/engine.h"

namespace doorstep {

// Carries out everything but SendRequest, WakeAt, TakeLicence and EndSignIns, and returns the event that
// tells the engine so, when it waits for one.
// `parcels`: null where Begin said that none are kept.
std::optional<Event> carry_out(const Effect& effect, Store& store, ParcelFolder* parcels = nullptr);

}  // namespace doorstep
