// What must hold, whatever the network, the disks and the clocks do.  A broken
// promise is told to the world by the name that the design gives it (I1 to
// I15).
//
// Everything is read straight from the tables: a store's own reading must not
// excuse its writing.
#pragma once

#include <set>
#include <string>

#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"

namespace doorstep::simulation {

class SimTablet;
class World;

// I1: all that was kept on a tablet is still there; I2: and nothing that nobody kept.
void check_own_log(World& world, SimTablet& tablet);
// I4: every fact that the tablet takes for acknowledged is in the centre's log.
void check_acknowledged(World& world, SimTablet& tablet);
// I5: the centre holds a dense beginning of what each tablet sent.
void check_prefix(World& world);
// I6: a tablet at a cursor holds every fact of the feed up to there.
void check_cursor(World& world, SimTablet& tablet);
// I8: what a reader knows of a referral only ever rises.
void check_states(World& world, SqlConnection& reader, const std::string& whose);
// I10: an open tablet shows all that was recorded on it.
void check_shown(World& world, SimTablet& tablet);
// After a start of the centre: I4 and I5 for everybody.
void check_centre(World& world);
// After everything was drained: nothing lost, invented or doubled (I1, I2, I3),
// everybody counts the same (I7), and what contradicts itself can be seen (I9).
void check_end(World& world);

// After that: what was to go has gone from what a tablet can read.
void check_let_go(World& world, SimTablet& tablet);

// Then too: agencies hold each referral once (I3), reference data arrived as published, and no wrong
// clock decides (I14).
void check_beyond(World& world);

std::set<Uuid> held_facts(SqlConnection& sql);
// What the endpoint set aside for a person, as it may be of before its home was forgotten: now, or before
// somebody decided.
std::set<Uuid> ever_in_doubt(World& world);
// Whether a tablet has nothing left to send, as it knows.
bool is_sent(SimTablet& tablet);
// Whether it has the reference data that it is to have.
bool has_parcels(World& world, const SimTablet& tablet);
// Whether everything was handed over that can be without a person.
bool are_agencies_served(World& world);
// Whether nothing is left to send or to fetch.
bool is_drained(World& world);

}  // namespace doorstep::simulation
