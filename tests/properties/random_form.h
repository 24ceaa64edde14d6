// Random forms that always load, and random things that an officer does to them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/random.h"
#include "forms/session/session.h"

namespace doorstep::test {

// Questions q0, q1 ... at the top, in groups, in repeats and in repeats inside
// them, all in one group behind /data/gate; relevance, calculations, constraints, choice filters and rules
// read only what stands before them, so that there is no cycle.
struct FormWishes {
    bool counts = true;          // repeats that the form itself counts
    bool once = true;            // calculations that keep what they held
    bool calculated_too = true;  // officers write over calculations
};
std::string random_form(Random& random, const FormWishes& wishes = {});

struct Act {
    enum class What : std::uint8_t { answer, add, remove, language } what = What::answer;
    std::uint32_t where = 0;  // taken modulo what there is
    std::string text;
    AnswerKind kind = AnswerKind::given;
};
Act random_act(Random& random);

// Does it, as far as it can be done; what was refused changes nothing.  Whether it
// was done, and its line for the journal.
bool act(FormSession& session, const Act& one, JournalEntry& entry, bool calculated_too = true);

}  // namespace doorstep::test
