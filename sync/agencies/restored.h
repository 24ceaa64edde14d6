// After the centre was set back: what may have left already is asked for before it is sent.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "sync/agencies/send_journal.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Called by whoever restores, before anything is served, in that one's transaction.  With the send
// journal of the other disk exactly what it names is verified; without one, everything that waits, and
// what tablets bring again of the time before.  How many rows.
// conflict: the journal lacks an attempt that the rows hold, so that it may lack what came since as well.
Result<std::int64_t> verify_before_send(SqlConnection& sql, const Clock& clock,
                                        const std::optional<std::vector<SendAttempt>>& journal);

}  // namespace doorstep
