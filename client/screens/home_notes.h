// What is known of a home: a part of its door's page, and the page on which a note is written.
#pragma once

#include "client/screens/screens.h"

namespace doorstep::screens {

// Before anybody knocks: what protects somebody first.
void known_of_home(Ui& ui, const DoorView& door);
// The way to the page below.
void note_row(Ui& ui, const DoorView& door, DoorLocal& local);
// REQUIRES: local.noting
void note_page(Ui& ui, const View& view, const DoorView& door, DoorLocal& local, Intents& intents);

}  // namespace doorstep::screens
