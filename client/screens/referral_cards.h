// Referrals on the closing page: one decision per agency.
#pragma once

#include "client/screens/screens.h"

namespace doorstep::screens {

// Open ones as cards, decided ones as quiet lines with Undo.
void referral_cards(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents);
void add_referral(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents);

}  // namespace doorstep::screens
