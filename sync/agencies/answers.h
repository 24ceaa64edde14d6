// What agencies say of a referral becomes a fact like any other: it goes into the feed, and so
// back to the tablets.
#pragma once

#include <string>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "sync/agencies/attempt.h"
#include "sync/store/store.h"

namespace doorstep {

inline constexpr std::size_t answer_note_bytes_max = 2'000;

// "received", "accepted", "in_progress", "completed", "declined", "returned", or "reopened",
// which begins a new cycle; nothing for any other word.
struct AnswerWord {
    ReferralState state = ReferralState::received;
    bool reopened = false;
};
std::optional<AnswerWord> answer_word(std::string_view word);
inline constexpr std::string_view answer_words =
    "received, accepted, in_progress, completed, declined, returned or reopened";

// The same words for one that is not there and one of another agency.
Error no_such_referral();

enum class AnswerTaken : std::uint8_t { added, known };
// In the transaction of the caller.  The rank only rises within a cycle: what is behind what stands
// is known already.  not_found: no referral of that agency; conflict: it has ended, or was
// withdrawn; bad_input: the note.  Of a referral that was erased the state is kept and the note is not.
Result<AnswerTaken> take_answer(Transaction& transaction, const Clock& clock, const AgencyAnswer& answer);

// The fact that the agency was handed it, unless it is further already.
Result<void> append_sent(Transaction& transaction, const Uuid& referral);

// For a resident who withdraws at the centre; the agency is told.  not_found; known: it was
// withdrawn before.
Result<AnswerTaken> withdraw_referral(Transaction& transaction, const Clock& clock, const Uuid& referral,
                                      const std::string& reason, const std::string& by);

}  // namespace doorstep
