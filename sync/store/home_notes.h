// What is known of homes, as registers with several writers: a tablet without a network cannot ask
// whether somebody else writes as well, so nothing is ever overwritten unseen.
#pragma once

#include <unordered_map>
#include <vector>

#include "forms/base/result.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// An entry that nobody who saw it has put another one in the place of.
struct StandingNote {
    Uuid fact;  // names it in Operation::base
    std::uint64_t hybrid_clock = 0;
    HomeNoted noted;  // without its area
};

// Somebody may come to harm who does not know it.
bool protects(HomeNoteKind kind);

// Whether the first counts while both stand: of what protects somebody the one that says so, else the later
// one, else the one with the higher id.  A strict order, the same everywhere.
bool counts_before(const StandingNote& a, const StandingNote& b);

// Of one home, register by register in the order of HomeNoteKind; in each the one that counts stands first.
// `today`: what ran out before it is left out.
Result<std::vector<StandingNote>> notes_of(SqlConnection& read_model, const Uuid& household, Day today);
// Of every home of which there are any.
using NotesByHome = std::unordered_map<Uuid, std::vector<StandingNote>>;
Result<NotesByHome> notes_by_home(SqlConnection& read_model, Day today);

}  // namespace doorstep
