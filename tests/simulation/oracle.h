// What must hold, whatever the network, the disks and the clocks do.  A broken
// promise is told to the world by name.
#pragma once

namespace doorstep::simulation {

class SimTablet;
class World;

// Every fact that a tablet takes for acknowledged is in the centre's log.
void check_acknowledged(World& world);
// A tablet at a cursor holds every fact of the feed up to there.
void check_cursor(World& world, SimTablet& tablet);
// After everything was drained: nothing lost, nothing invented, nothing doubled, and
// everybody counts the same.
void check_end(World& world);
// Whether nothing is left to send or to fetch.
bool is_drained(World& world);

}  // namespace doorstep::simulation
