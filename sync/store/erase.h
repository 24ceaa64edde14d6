// Forgetting: of a fact only the bare row for the counts is left (operation/bare.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "forms/base/result.h"
#include "sync/store/log.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Whether it is a person's word on what is in doubt (in_doubt.h): that counts then like all else.
enum class Decides : std::uint8_t { no, yes };

// In the caller's transaction.  Body, header and read model become those of the bare fact; what
// came under its id with other bytes goes.  Facts that are not here are passed over.  How many
// were here.
Result<std::int64_t> leave_bare(SqlConnection& sql, const Keeping& how, std::span<const Uuid> operations,
                                const Uuid& nobody, Decides decides = Decides::no);

// What stands in operation.shortened.
enum class Shortened : std::int64_t {
    nothing_to_say = 0,  // it is as it was: nothing in it can be read
    here = 1,            // by this tablet itself (retention.h)
    for_good = 2         // as the centre has it, or asked for again once
};
Result<void> note_shortened(SqlConnection& sql, const Uuid& id, Shortened how);
// One fact of a tablet, with the id of its home left in it: `here`, or nothing_to_say.
Result<Shortened> shorten(SqlConnection& sql, const Uuid& id);
// What was shortened here has come again: it is whole, as it came.  Nothing happens where something else is
// left of it, as after an order to forget.
Result<void> make_whole(SqlConnection& sql, const Keeping& how, const Operation& whole,
                        const std::string& json);

// An endpoint that was restored, or told of a home after it was forgotten: the order under which
// this fact was, and nothing when it was not.  A fact about that home which was recorded before the
// order is forgotten as it comes.
Result<std::optional<Uuid>> forgotten_before(SqlConnection& sql, const Operation& arrived);
// RecordsErased::through of an order that was given before: what came to its home since is no part of it.
Result<std::uint64_t> ordered_through(SqlConnection& sql, const Uuid& order);
// Writes down that of these facts bare rows are left.
Result<void> note_forgotten(SqlConnection& sql, const Uuid& order, std::span<const Uuid> operations,
                            std::int64_t now_ms);

// A tablet that was told to forget: the same, and with them the addresses of the walk, and its own
// envelopes, where they are acknowledged, and what stands here provisionally of the same homes and was
// recorded before the order (RecordsErased::through, else `told_at`, the hybrid clock of the fact that tells
// it).  What is not sent stays, unreadable as it is.
Result<std::int64_t> forget_on_tablet(SqlConnection& sql, const RecordsErased& order, std::uint64_t told_at);
// Before the page of an order is taken in: what it names may stand there before it, bare already, and nothing
// tells any more then of which homes it was.  Of what stands here provisionally.
Result<void> forget_provisional(SqlConnection& sql, const RecordsErased& order, std::uint64_t told_at);
// Its own envelopes around these places; the second is what a locked tablet can do of it, by what
// travels.
Result<void> drop_own_envelopes(SqlConnection& sql, std::span<const Sequence> places);
Result<void> drop_locked_envelopes(SqlConnection& sql, std::span<const Sequence> places);
// An order may be pulled before the acknowledgement of what it is about: such envelopes with facts after that
// place go once both are here.  Of an unlocked tablet.
Result<void> drop_passed_over(SqlConnection& sql, Sequence after);

}  // namespace doorstep
