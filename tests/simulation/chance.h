// What can go wrong in a run, and which deliberate mistake it is made to find.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    foreign,         // an acknowledgement of another chain, or by somebody who cannot sign
    stall,           // it stops amid its body, and nobody hears the rest
    tablet_crash,    // the power goes, or the program ends, at any act of disk or engine
    endpoint_crash,  // the same at the centre
    full_disk,       // hardly anything fits, for a while
    bad_disk,        // one act of a disk fails
    read_only,       // a tablet's disk takes nothing when it is opened, for a while
    restore,         // the centre goes back to an older backup, with a new epoch
    tablet_image,    // a tablet goes back to an older copy of its disk
    poison,          // facts that this version cannot read or fold
    stranger,        // requests that nobody of ours makes
    skew,            // clocks that are years wrong, drift and jump
    agency,          // agencies are silent, slow, broken, or done and say that they are not
    erase,           // homes are forgotten
    publish,         // questionnaires, addresses and the directory change meanwhile
    weeks            // the same day takes weeks, so that what was sent long ago goes
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
    retry_forgotten,
    synchronous_normal,
    identity_as_cursor,
    poison_throws,
    blind_retry,
    believe_unsigned,
    purge_uncovered,
    restore_same_epoch,
    send_unverified,
    erase_leaves_body,
    erase_not_reapplied,
    page_after_erase,
    retention_unacknowledged,
    last_writer_wins
};

// Names separated by commas, "none" or "all"; nothing when one is unknown.
std::optional<Faults> parse_faults(std::string_view list);
std::optional<Mutant> parse_mutant(std::string_view name);
std::string fault_names();
std::string fault_names(const Faults& faults);  // "none" when there are none
std::string mutant_names();
const std::vector<std::pair<std::string, Mutant>>& all_mutants();
// Some of all, by chance.
Faults some_faults(Random& random);

}  // namespace doorstep::simulation
