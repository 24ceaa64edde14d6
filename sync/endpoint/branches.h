// What comes off the place where its tablet stands: the other history of one whose storage was copied or
// set back, and what a rescue file holds behind a hole.  Each such piece is a branch: an enrolment of its
// own, closed (nobody signs for it) and made of what it is, so that the same again is the same branch.  Its
// facts stand in the log by their ids, as all others; the tablet's own place does not move.
#pragma once

#include <optional>

#include "sync/endpoint/endpoint_state.h"

namespace doorstep {

enum class BranchKind : std::uint8_t { behind_hole, other_history };

// The push's envelopes from that one on, of call.tablet, with what follows it.  What a branch holds
// already is skipped.  A response: it is refused, and nothing was kept.
Result<std::optional<EndpointResponse>> take_branch(Call& call, const wire::PushRequest& push,
                                                    std::size_t from, BranchKind kind);

// What an older Doorstep kept aside as it came, unread.  How many envelopes.
Result<std::uint64_t> open_kept_branches(EndpointParts& state);

// Whose branch it is; nothing: it is none.
Result<std::optional<Uuid>> branch_of(SqlConnection& sql, const Uuid& enrolment);

// What cannot be read is of no use until somebody looks: of an enrolment not more than so many bytes in a
// day (limits::aside_day_bytes_max).  A response: they are too many.  The operator brings what he likes.
Result<std::optional<EndpointResponse>> refused_as_too_much(Call& call, std::uint64_t bytes);

}  // namespace doorstep
