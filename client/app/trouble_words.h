// What stands in the way of a sync, as an officer reads it: what is the matter, what to do, and
// that nothing is lost.
#pragma once

#include <cstdint>
#include <string>

#include "client/view/sync_view.h"
#include "client/wording/wording.h"
#include "forms/base/clock.h"
#include "sync/tablet/engine.h"

namespace doorstep {

struct TroubleWords {
    SyncView::What what = SyncView::What::waiting;
    std::string heading;    // "This Wi-Fi wants a sign-in"
    std::string words;      // what to do; empty: the engine's own serve
    std::string in_header;  // "sign in to the Wi-Fi"; empty: it goes on by itself
};

// REQUIRES: trouble != none.  `network`: there is a way out of this tablet.
TroubleWords words_of(SyncTrouble trouble, bool network, const Wording& words);

// "it says 21 November 2023, 10:00, the endpoint says 21 November 2026, 10:00"
std::string clocks_in_words(const Clock& clock, std::int64_t off_ms, const Wording& words);

// What is to be done about something that was set aside, from the reason that was given for it.
std::string advice_for(const std::string& reason, const Wording& words);

}  // namespace doorstep
