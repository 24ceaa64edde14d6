// The restricted part of a questionnaire, and the notice by which the endpoint learns that a
// concern waits, and nothing of what it is.
//
//   restricted:  (4 bytes: length, big-endian; a part)*
//   a part:      what was recorded, sealed to the safeguarding key; then its notice:
//                "DSN1" and a sealed box to the endpoint's key
//
// Parts and notices have one size each and are always there, so that neither their number nor
// their length tells whether anything was recorded; the tablet can open none of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/uuid.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

struct ConcernNotice {
    Uuid concern;          // random; nil: nothing was recorded
    std::string agencies;  // codes, with a space between; cut to what fits
    std::string urgency;   // routine, soon, today
};

// REQUIRES: usable(endpoint).
std::string seal_notice(const PublicKey& endpoint, const ConcernNotice& notice);

// One part and its notice.
struct RestrictedPart {
    std::string sealed;                     // to the safeguarding key
    std::optional<ConcernNotice> notice{};  // nothing: none came, or it does not open
};
// `restricted` as a questionnaire carries it; what does not follow the form ends the list.
std::vector<RestrictedPart> restricted_parts(std::string_view restricted, const KeyPair* endpoint);

}  // namespace doorstep
