// What a wrong clock of a tablet costs: nothing.  Each push and each question where it stands says what
// time the tablet believes it is; against our own that tells how far its clock is off.  The facts stay as
// they came.  Beside those whose time cannot be believed stands one of ours (clock_corrected, in the feed)
// with the time and the day at which they count, on every tablet as here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "forms/base/result.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/wire/messages.h"

namespace doorstep {

// When something was recorded that says `at_ms`; nothing: then.  Never after its receipt.
std::optional<std::int64_t> corrected_ms(std::int64_t at_ms, const ClockReading& clock);

// Remembered of the tablet that asks.  Nothing where it did not say.
Result<void> note_clock(Call& call, std::optional<std::int64_t> tablet_ms);

// Of a push that a tablet sent itself: neither is there anything to be remembered of its clock, nor to be
// corrected.
bool tells_right_time(const Call& call, std::optional<std::int64_t> tablet_ms,
                      std::span<const wire::OpenedOperation> opened);

// Those of `opened` that are new here and whose time or place in the order cannot be believed.
Result<std::vector<CorrectedTime>> wrongly_timed(const Call& call,
                                                 std::span<const wire::OpenedOperation> opened);
// An order to forget is held against the corrected time.  So of homes that were forgotten it is told before
// the facts are kept, and taken out of `corrected`.
Result<void> tell_of_forgotten_homes(Call& call, std::span<const wire::OpenedOperation> opened,
                                     std::vector<CorrectedTime>& corrected);
// With those set aside (in_doubt.h) of which it cannot be told whether they are from before an order: it lies
// between two times at which they may have been kept, by all that their clock may have been.  Empty: there is
// none.
Result<std::vector<wire::OpenedOperation>>
with_doubtful_set_aside(const Call& call, std::span<const wire::OpenedOperation> opened);
// Tells it, here and in the feed.  Only of what was kept and can be counted, or will be when somebody has
// decided.
Result<void> tell_corrected(Call& call, std::vector<CorrectedTime> corrected);

}  // namespace doorstep
