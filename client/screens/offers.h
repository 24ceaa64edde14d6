// Offers on the closing page: what was put to the resident, and what they said.
#pragma once

#include "client/screens/screens.h"

namespace doorstep::screens {

void offers(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents);

}  // namespace doorstep::screens
