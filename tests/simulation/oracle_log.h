// The log of one machine against what the officers were told (I1, I2, I11).
#pragma once

#include <set>
#include <string>

#include "tests/simulation/oracle_tables.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

class SimTablet;

// What that tablet let go of.
std::set<Uuid> shortened_on(SimTablet& tablet);
// Whether a tablet may hold of that fact no more than these bytes, its bare form: others' facts whenever it
// was time, its own when they were acknowledged 14 days ago.
bool may_be_bare(const World& world, const std::string& whose, const Model::Fact& fact,
                 const std::string& kept);
// What the counts half of a tablet has to be, by the log of the endpoint and what the tablet let go of.
std::string read_model_expected(World& world, const Log& centre, SimTablet& tablet);

// `only_of`: a tablet, whose own facts alone must be there.
void check_log(World& world, const Log& log, const std::string& whose, const std::string* only_of = nullptr);

}  // namespace doorstep::simulation
