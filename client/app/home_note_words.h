// What is known of a home, in the officer's words.
#pragma once

#include <string>
#include <vector>

#include "client/view/doors_view.h"
#include "client/wording/wording.h"
#include "sync/store/home_notes.h"

namespace doorstep {

std::string note_name(HomeNoteKind kind, const Wording& words);  // "Hazard"
// It protects somebody, and it is so.
bool warns(const HomeNoted& noted);
// Every register; `notes` as home_notes.h orders them.
std::vector<HomeNoteView> note_views(const std::vector<StandingNote>& notes, Day today, const Wording& words);

}  // namespace doorstep
