// What the process does so that nothing of its memory is found elsewhere: no core dumps,
// no other process of this user that reads it, no page in swap; and the lock, which is
// to begin anew.
#pragma once

#include <string>
#include <vector>

namespace doorstep {

// First of all, again after every exec, which resets half of it.  What of it could not
// be had, in words for the console; empty: all.
std::string harden_process();

// The program once more in the place of this one, with an address space in which nothing
// stands of what was typed and read.  Every file but the standard ones and `keep`
// (negative ones: none) is closed.  Returns only when the system refuses.
// REQUIRES: no other thread runs.
void begin_anew(const std::vector<std::string>& arguments, std::vector<int> keep);

}  // namespace doorstep
