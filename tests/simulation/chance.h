// What can go wrong in a run, and which deliberate mistake it is made to find.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "forms/base/random.h"

namespace doorstep::simulation {

enum class Fault : std::uint8_t {
    drop,            // a message never arrives
    duplicate,       // it arrives twice
    delay,           // it arrives late, so that others overtake it
    truncate,        // it is cut, seen or unseen
    portal,          // a sign-in page answers instead
    flip,            // a bit of it is turned over
    lose_reply,      // the request is carried out, and nobody hears of it
    replay,          // an old answer comes once more
    foreign,         // an acknowledgement of another chain
    tablet_crash,    // the program ends between two steps; its storage stays
    endpoint_crash,  // the same at the centre
    full_disk,       // the centre cannot commit for a while
    restore,         // the centre goes back to an older backup, with a new epoch
    skew             // clocks that are years wrong
};
using Faults = std::set<Fault>;

enum class Mutant : std::uint8_t {
    none,
    ack_before_commit,
    cursor_before_page,
    new_id_on_retry,
    believe_any_200,
    ignore_truncation
};

// Names separated by commas; nothing when one is unknown.
std::optional<Faults> parse_faults(std::string_view list);
std::optional<Mutant> parse_mutant(std::string_view name);
std::string fault_names();
std::string mutant_names();
// Some of all, by chance.
Faults some_faults(Random& random);

}  // namespace doorstep::simulation
