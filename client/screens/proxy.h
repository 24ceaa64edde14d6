// Through whom this tablet reaches the endpoint: a part of the sync page, folded until asked for.
#pragma once

#include "client/screens/screens.h"

namespace doorstep::screens {

void proxy(Ui& ui, const ProxyView& proxy, SyncLocal& local, Intents& intents);

}  // namespace doorstep::screens
