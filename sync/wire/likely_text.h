// The text of a short form (shorthand.h) as numbers that are small where the text is as expected:
// phrases, marks and letters, each after what stands before it.
//
// Its symbols: a letter or a mark, its byte; 0x1a r and 0x1d r, 0x100 + r and 0x400 + r; 0x600, the
// end; 0x601, the end of a run of letters; 0x602, a run that stood here before; a phrase, 0x1000 +
// its place.  Contexts are asked in this order, c being the last letters and p the last phrase:
//
//   after a phrase                  1: p         2: -      (below 0x1000 + phrases)
//   after a mark m                  3: p, m      4: m
//   after a run, or one again       9: p        10: -
//   within a run of letters         5: p, c c    6: c c    7: c    8: -      (below 0x700)
//   which run it was, of the first  11: p       12: -      (below their number)
//
// Under 2, 4 and 10 a phrase is told by its way from the last one: 0x20000 + the difference.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sync/wire/odds.h"
#include "sync/wire/phrases.h"

namespace doorstep::wire {

// `text` with its phrases as steps.  Empty when it is none that can be read so.
void learn_likely(Odds& odds, std::string_view text, const PhraseBook& book);
// What people type: letters only.
void learn_letters(Odds& odds, std::string_view words);

std::string write_likely(const Odds& odds, std::string_view text, const PhraseBook& book);
std::optional<std::string> read_likely(const Odds& odds, std::string_view bytes, const PhraseBook& book,
                                       std::size_t bytes_max);

}  // namespace doorstep::wire
