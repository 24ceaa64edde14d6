// The text of a short form (shorthand.h) as numbers that are small where the text is as expected:
// phrases, marks and letters, each after what stands before it, and the long numbers where their
// marks stand.
//
// Its symbols: a letter or a mark, its byte; 0x1a r and 0x1d r, 0x100 + r and 0x400 + r; 0x600, the
// end; 0x601, the end of a run of letters; 0x602, a run that stood here before; a phrase, 0x1000 +
// its place.  Contexts are asked in this order, c being the last letters, p the last phrase, q the last
// that begins with {"name":" and s 0 where that is p, else 1:
//
//   after a phrase                  1: p        17: q, s    2: -      (below 0x1000 + phrases)
//   after a mark m                  3: p, m      4: m
//   after a run, or one again       9: p        10: -
//   within a run of letters         5: p, c c    6: c c    7: c    8: -      (below 0x700)
//   which run it was, of the first  11: p       12: -      (below their number)
//   a number's first byte           13: p, i    14: -      (below 256), the i-th behind that phrase
//   its others                      15: p, i, n 16: n      the n-th of them
//
// Under 2, 4 and 10 a phrase is told by its way from the last one: 0x20000 + the difference.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sync/wire/odds.h"
#include "sync/wire/phrases.h"

namespace doorstep::wire {

// Its phrases as steps, and the numbers for which 0x1e stands in it or in a phrase, in their order.
struct Phrased {
    std::string text;
    std::string numbers;
    bool operator==(const Phrased&) const = default;
};

void learn_likely(Odds& odds, const Phrased& phrased, const PhraseBook& book);
// What people type: letters only.
void learn_letters(Odds& odds, std::string_view words);

// Empty when it is none that can be read so.
std::string write_likely(const Odds& odds, const Phrased& phrased, const PhraseBook& book);
std::optional<Phrased> read_likely(const Odds& odds, std::string_view bytes, const PhraseBook& book,
                                   std::size_t bytes_max);

}  // namespace doorstep::wire
