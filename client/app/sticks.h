// Sticks that are in: where what was not sent can be written.
#pragma once

#include <string>
#include <vector>

#include "client/view/sync_view.h"

namespace doorstep {

// Mounted and writable folders one or two levels under those `roots` ("/media/officer/STICK").
// Reads the file system: for the writer thread.
std::vector<Stick> sticks_under(const std::vector<std::string>& roots);

// Where a desktop or a kiosk mounts them.
std::vector<std::string> usual_stick_roots();

}  // namespace doorstep
