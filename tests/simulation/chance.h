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
    echo,            // a request comes once more, an hour later
    foreign,         // an acknowledgement of another chain
    tablet_crash,    // the power goes before, after or between two commits; the disk
                     // stays
    endpoint_crash,  // the same at the centre
    full_disk,       // the centre cannot commit for a while, a tablet now and then
    restore,         // the centre goes back to an older backup, with a new epoch
    skew             // clocks that are years wrong
};
using Faults = std::set<Fault>;

enum class Mutant : std::uint8_t {
    none,
    ack_before_commit,
    outbox_after_commit,
    ack_when_sent,
    believe_any_200,
    new_id_on_retry,
    said_before_kept,
    cursor_before_page,
    ignore_truncation,
    fold_after_crash_lost,
    epoch_ignored,
    retry_forgotten
};

// Names separated by commas, "none" or "all"; nothing when one is unknown.
std::optional<Faults> parse_faults(std::string_view list);
std::optional<Mutant> parse_mutant(std::string_view name);
std::string fault_names();
std::string fault_names(const Faults& faults);  // "none" when there are none
std::string mutant_names();
// Some of all, by chance.
Faults some_faults(Random& random);

}  // namespace doorstep::simulation
