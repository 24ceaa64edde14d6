// The restricted part of a questionnaire: what the officer's page recorded, for the safeguarding
// leads, and its notice, by which the endpoint learns that a concern waits and nothing of what it is.
//
//   restricted:  0x03, then slots of 140 bytes: a one-time key, the page boxed to the safeguarding
//                key (72 bytes and 16), the notice boxed to the endpoint's (4 and 16): sealed_pair.h
//   page:        how many slots go on with it, the first four bytes of its home's id, its bytes
//                (sync/wire/officers_words.h); 0x80, zeros
//   notice:      0 nothing, 1 routine, 2 soon, 3 today; two bytes, lowest first: a bit for each of
//                the agencies of the form's restricted rules; 0x80
//
// A questionnaire with a page has two slots, whether anything was recorded or not: room for a page
// that was left twice, or for a note of about three hundred letters.  What needs more takes four,
// eight, sixteen; and so does, drawn by chance, one questionnaire in 32, 256 and 2,048 that needs no
// more than two, so that a large part is far more often an empty one.  The tablet can open none of
// them.  A form without such a page has no restricted part.
//
// Before: (4 bytes: length, big-endian; a part)*, a part being a sealed box of 1 KiB, then its notice,
// "DSN1" and a sealed box.  It is still read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "forms/base/uuid.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

struct ConcernNotice {
    Uuid concern;          // nil: nothing was recorded
    std::string agencies;  // codes, with a space between
    std::string urgency;   // routine, soon, today
};

struct RestrictedKeys {
    const PublicKey& safeguarding;
    const PublicKey& endpoint;
};
// What one leaving of the page recorded at `home`, in as many slots as it takes.  Empty when the keys
// are none that one can seal to.  REQUIRES: page not empty; `agencies` are among `known`.
std::string seal_restricted(const RestrictedKeys& keys, const Uuid& home, std::string_view page,
                            const ConcernNotice& notice, const std::vector<std::string>& known);
// One slot in which nothing was recorded.
std::string empty_restricted(const RestrictedKeys& keys);
std::size_t restricted_slots(std::string_view sealed);
// The field as it travels.
std::string restricted_field(std::string_view slots);
// How many slots travel where so many are filled.  `draw`: even, below slots_draws.
inline constexpr std::uint64_t slots_draws = 2048;
std::size_t slots_to_travel(std::size_t filled, std::uint64_t draw);

// One part and its notice.
struct RestrictedPart {
    std::string sealed;                     // to the safeguarding key
    std::optional<ConcernNotice> notice{};  // nothing: none came, or it does not open
    bool in_slots = false;                  // `sealed`: the keys and boxes of the slots, 120 bytes each
    Uuid id{};                              // of one in slots: by its boxes, so that what came twice is one
};
// `restricted` as a questionnaire carries it, `known` as above; what does not follow the form ends the
// list.
std::vector<RestrictedPart> restricted_parts(std::string_view restricted, const KeyPair* endpoint,
                                             const std::vector<std::string>& known);
struct RestrictedPage {
    std::string home_begins;  // the first bytes of its home's id
    SecretText text;
    bool is_of(const Uuid& home) const;
};
// The pages in a part that is in slots, none where nothing was recorded.  `damaged`: a box does not
// open, or a page is not whole.
Result<std::vector<RestrictedPage>> pages_of(std::string_view sealed, const KeyPair& safeguarding);

// In the way before, for what stands in that way already.  REQUIRES: usable(endpoint).
std::string seal_notice(const PublicKey& endpoint, const ConcernNotice& notice);

}  // namespace doorstep
