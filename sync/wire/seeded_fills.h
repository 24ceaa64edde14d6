// Finishes as a form could bring them, made up from its words and a seed: what a book learns its
// odds from.  Nobody's answers are among them, and both ends make the same ones.
//
// Frozen with the letter of the short form (shorthand.h): a change here, or in what vocabulary_of()
// tells, needs a new letter, and this one for what was written with it.
#pragma once

#include <string>
#include <vector>

#include "sync/wire/odds.h"
#include "sync/wire/phrases.h"

namespace doorstep::wire {

// `form` null: doors without a questionnaire, and visits.
Odds odds_of(const PhraseBook& book, const Vocabulary* form);

// Of a list that begins anew where it ends.
std::string made_up_note(std::size_t which);
std::string made_up_officer(std::size_t which);

}  // namespace doorstep::wire
