// The lines of a draft: what the officer did, one JSON object each.
//
// Restricted answers have no line with text: what they were stands only in the
// sealed bytes of a `Sealed`.
#pragma once

#include <cstdint>
#include <optional>
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
struct Undone {};  // the latest act that stands
struct Redone {};  // what was undone last
using Line =
    std::variant<JournalEntry, Stood, Sealed, Decided, Added, OfferSet, OfferUndecided, Undone, Redone>;

// How a line stands to what an officer undoes: as one act, as more of the act before it
// (a text typed in one go), or beside the acts (never undone).
enum class Part : std::uint8_t { act, more, beside };

// Of a text that goes on, only what is new: so many bytes of the text before stay in
// front of it and behind it.
struct Kept {
    std::size_t head = 0;
    std::size_t tail = 0;
};

struct Written {
    Line line;
    Part part = Part::act;
    std::optional<Kept> kept = {};  // then the answer's text is what stands between
};

// An answer's `before` is not written: nothing that was undone stands in a later line.
std::string encode(const Written& written);
// `damaged` when it is not one of ours; never with content.
Result<Written> decode(std::string_view text);

// An answer's line as what is new against the text before, where that is shorter.
Written shortened(const JournalEntry& entry, std::string_view before);
// The text again; nothing when it does not fit to the text before.
std::optional<std::string> lengthened(std::string_view middle, const Kept& kept, std::string_view before);

// What a questionnaire needs to begin the same way again.
struct Begun {
    Door door;
    Circumstances at;
    JournalEntry entry;
};
std::string encode(const Begun& begun);
Result<Begun> decode_begun(std::string_view text);

}  // namespace doorstep::journal
