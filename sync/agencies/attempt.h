// One thing to do with an agency, what may come of it, and the seam behind which every way to an
// agency stands.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/uuid.h"
#include "sync/agencies/agency_line.h"
#include "sync/agencies/referral_message.h"
#include "sync/operation/operation.h"

namespace doorstep {

enum class Purpose : std::uint8_t {
    send,      // hand it over: at most once, whatever happens
    ask,       // is it there?  It may have been handed over
    withdraw,  // tell that it was withdrawn; may be repeated
    check      // daily: is it still there?
};
std::string_view word(Purpose purpose);

enum class Came : std::uint8_t {
    held,       // the agency holds it, by its own word
    not_there,  // the agency does not hold it, proven
    refused,    // it was understood and not taken: a person must look
    unknown     // no proof of anything
};
std::string_view word(Came came);

// What an agency says of a referral, by whichever way.
struct AgencyAnswer {
    Uuid referral;
    std::string agency;
    ReferralState state = ReferralState::received;
    bool reopened = false;   // a new cycle begins with it
    std::string note;        // as it was written; at most 2,000 bytes of UTF-8
    std::int64_t at_ms = 0;  // 0: now
};

struct Delivery {
    Came came = Came::unknown;
    std::string their_id;                  // at most 200 bytes
    std::string problem;                   // in our own words, without content
    std::optional<AgencyAnswer> answer{};  // told beside it
};

// The value of the header Doorstep-Signature for a text (webhook.h).
using WebhookSigner = std::function<std::string(std::string_view)>;

// One row in hand.
struct Parcel {
    Purpose purpose = Purpose::send;
    Uuid referral;
    std::string agency;
    int attempt = 0;
    std::int64_t at_ms = 0;
    Uuid lease;                                // of this taking
    std::optional<ReferralMessage> message{};  // to send
    AgencyLine line;
    WebhookSigner signer{};  // of a webhook
};

// The seam.  Whatever goes wrong is a Delivery; `send` may be called once for an attempt that was
// journalled, everything else as often as one likes.
class AgencyAdapter {
public:
    virtual ~AgencyAdapter() = default;
    virtual Delivery send(const Parcel& parcel) = 0;
    // `unknown` where the agency cannot be asked.
    virtual Delivery ask(const Parcel& parcel) = 0;
    virtual Delivery withdraw(const Parcel& parcel) = 0;
    // Whether one could hand something over now, without doing it.
    virtual Result<void> test(const std::string& agency) = 0;
};

Delivery carry_out(const Parcel& parcel, AgencyAdapter& adapter);

}  // namespace doorstep
