// What waits for an agency: one row per referral, whatever is resent.
//
// A row is made in the transaction that takes the referral in, and from then on only its state
// changes.  The referral's content is no part of it: that is read from the fact when it is sent
// (referral_message.h), so that erasing the fact leaves nothing here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "forms/directory/directory.h"
#include "sync/agencies/agency_line.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"
#include "sync/store/store.h"

namespace doorstep {

// The words of the column outbox.state.
namespace outbox_state {
inline constexpr std::string_view waiting = "waiting";
inline constexpr std::string_view leased = "leased";      // one sender has it in hand
inline constexpr std::string_view sent = "sent";          // the agency said that it holds it
inline constexpr std::string_view received = "received";  // and somebody there has it, or is further
inline constexpr std::string_view unknown = "unknown";    // it may be there or not
inline constexpr std::string_view refused = "refused";    // a person must look at it
inline constexpr std::string_view verify = "verify";      // ask before sending: we were restored
inline constexpr std::string_view unknown_agency = "unknown_agency";  // not in the directory
inline constexpr std::string_view withdrawn = "withdrawn";
inline constexpr std::string_view linked = "linked";  // the need is open there already, by another one
inline constexpr std::string_view erased = "erased";  // its content was, and it went or goes nowhere
inline constexpr std::string_view gate = "gate";      // waits for the signature of its agreement
}  // namespace outbox_state

// Whether the agency has to be told that a referral was withdrawn.
namespace withdrawal_word {
inline constexpr std::string_view none = "";
inline constexpr std::string_view to_tell = "to_tell";
inline constexpr std::string_view told = "told";
inline constexpr std::string_view person = "person";  // it could not be told by itself
}  // namespace withdrawal_word

// Of every operation that was taken in, in the transaction that took it in: a referral gets its
// row, a withdrawal stops one.  Anything else, and what was set aside, is left alone.
Result<void> enter_in_outbox(const Store& store, const Directory& directory, const Clock& clock,
                             std::span<const Operation* const> operations);
// The same of facts of which none is here yet, each can be counted and none withdraws: what has to be known
// is asked before `keep` writes them, so that a server is not waited for while it does.  What `keep` says;
// false: nothing was entered.
Result<bool> enter_as_kept(const Store& store, const Directory& directory, const Clock& clock,
                           std::span<const Operation* const> operations,
                           const std::function<Result<bool>()>& keep);
inline Result<void> enter_in_outbox(const Store& store, const Directory& directory, const Clock& clock,
                                    const Operation& operation) {
    const Operation* const one = &operation;
    return enter_in_outbox(store, directory, clock, {&one, 1});
}

// Rows that stopped go on, each from the state in which it would enter now: what would have held it up
// then holds it up now.  In a transaction of the caller.
enum class MayHaveLeft : std::uint8_t { as_known, no };  // no: the agency proved that it has not got it
Result<void> enter_again(const Store& store, const Directory& directory, const Clock& clock,
                         std::span<const Uuid> referrals, MayHaveLeft left = MayHaveLeft::as_known);

// Those that are linked to one that came to nothing (withdrawn, refused or erased); how many.
Result<std::int64_t> go_on_without_their_first(const Store& store, const Directory& directory,
                                               const Clock& clock);

// The last question before a referral leaves, whatever way led there: the state in which it stays
// instead (gate: the signature of its agreement is not here; erased), or nothing.
Result<std::string_view> what_holds_it(SqlConnection& sql, const Uuid& referral, const Agreement& agreement);

inline bool is_by_signature(const Agreement& agreement) {
    return agreement.basis == ShareBasis::agreement && agreement.channel == "signature";
}

// Of the fact nothing but a bare row is left.
Result<bool> content_is_erased(SqlConnection& sql, const Uuid& referral);

// The fact of the withdrawal is in the log: what was not sent never is, and an agency that may
// hold it is to be told.
Result<void> stop_in_outbox(SqlConnection& sql, const Clock& clock, const Uuid& referral);

// The same, if this operation is such a fact and is not set aside.
Result<void> stop_if_withdrawn(SqlConnection& sql, const Clock& clock, const Operation& operation);

// Referrals to agencies that the directory did not know, and knows now, go on; how many.
Result<std::int64_t> go_on_with_known_agencies(const Store& store, const Directory& directory,
                                               const Clock& clock);

// The signature that the agreement names is here and whole: whoever takes attachments in says so,
// in the same transaction, before or after the referral came.
Result<void> signature_is_here(SqlConnection& sql, const Clock& clock, const Uuid& referral);

// The place that an agency has now knows nothing of what was handed over elsewhere: a person asks there,
// and tells of a withdrawal.
Result<void> leave_other_ways_to_a_person(SqlConnection& sql, const Clock& clock, const AgencyLine& line);

struct OutboxRow {
    Uuid referral;
    std::string agency;
    std::string state;
    std::string withdrawal;
    int attempt = 0;
    std::int64_t raised_ms = 0;  // by the tablet, and never later than it arrived
    std::int64_t arrived_ms = 0;
    std::int64_t changed_ms = 0;
    std::string their_id;
    std::string problem;  // in our own words
    std::optional<Uuid> linked_to;
};
// Nothing when there is none.
Result<std::optional<OutboxRow>> outbox_row(SqlConnection& sql, const Uuid& referral);
// Nothing of it is, or may be, at the agency.
bool has_not_left(const OutboxRow& row);

}  // namespace doorstep
