// What one agency is told of one referral: the answers that the form's rule names, the services
// and reasons, the door, and who agreed to it.  Nothing else of the questionnaire.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "forms/directory/directory.h"
#include "sync/operation/operation.h"
#include "sync/store/store.h"

namespace doorstep {

struct ReferralMessage {
    Uuid referral;
    std::string agency;
    ReferralRaised raised;
    DoorAddress address;
    std::string language;  // of the contact
    std::int64_t raised_ms = 0;
    int utc_offset_minutes = 0;
    std::vector<std::pair<std::string, std::string>> services;  // code, label
};

// A fact of the log as it is kept; nothing when it is not there, or its content is gone.  The one
// place of this room that reads content.
Result<std::optional<Operation>> read_fact(const Store& store, const Uuid& operation);

// not_found: its content is gone, by erasure or correction; conflict: the record of its door is
// not here yet.
Result<ReferralMessage> referral_message(const Store& store, const Directory& directory,
                                         const Uuid& referral);

// An answer about which ways of contact are safe.
bool is_safe_contact(const SharedAnswer& answer);

// One line of JSON in a fixed order: safe contact before address and every other answer.
std::string as_json(const ReferralMessage& message);
// The same as field, value and what that value says in words, in the same order.
struct MessageField {
    std::string field;
    std::string value;
    std::string words;
};
std::vector<MessageField> as_fields(const ReferralMessage& message);

}  // namespace doorstep
