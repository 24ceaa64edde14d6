// Disks as they are right after the installation: made once in a process, since making tables takes
// longer than many a run.  They are the same in every run, and hold nothing of one.
#pragma once

#include "tests/support/faulty_disk.h"

namespace doorstep::simulation {

// It draws secrets: to be called before a run seeds its own.
void make_fresh_images();
const faults::Files& fresh_endpoint();
const faults::Files& fresh_tablet();
// An endpoint's tables before anything is in them.
const faults::Files& fresh_tables();

}  // namespace doorstep::simulation
