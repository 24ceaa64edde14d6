// The log of one machine against what the officers were told (I1, I2, I11).
#pragma once

#include <string>

#include "tests/simulation/oracle_tables.h"

namespace doorstep::simulation {

class World;

// `only_of`: a tablet, whose own facts alone must be there.
void check_log(World& world, const Log& log, const std::string& whose, const std::string* only_of = nullptr);

}  // namespace doorstep::simulation
