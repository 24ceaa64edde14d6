// The lines of a draft: what the officer did, one JSON object each.
//
// Restricted answers have no line with text: what they were stands only in the
// sealed bytes of a `Sealed`.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/casework/casework.h"

namespace doorstep::journal {

struct Stood {
    std::string path;  // the question in hand
};
struct Sealed {
    std::string bytes;  // to the safeguarding key
};
struct Decided {
    std::string agency;
    ProposedReferral::Decision decision = ProposedReferral::Decision::open;
    Agreement agreement;
    // As it was read out, without `causes`.  Of a decision other than agreed only when
    // its rule no longer suggests it.
    std::vector<Suggestion> because;
    bool kept = false;  // agreed to although its rule no longer suggests it
};
struct Added {
    std::string agency;
    std::string reason;
};
struct OfferSet {
    std::string code;
    OfferStatus status = OfferStatus::offered;
    std::int64_t quantity = 1;
};
struct OfferUndecided {
    std::string code;
};
using Line = std::variant<JournalEntry, Stood, Sealed, Decided, Added, OfferSet, OfferUndecided>;

std::string encode(const Line& line);
// `damaged` when it is not one of ours; never with content.
Result<Line> decode(std::string_view text);

// What a questionnaire needs to begin the same way again.
struct Begun {
    Door door;
    Circumstances at;
    JournalEntry entry;
};
std::string encode(const Begun& begun);
Result<Begun> decode_begun(std::string_view text);

}  // namespace doorstep::journal
