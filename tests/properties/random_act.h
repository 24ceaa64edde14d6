// Random things that an officer does to a questionnaire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/random.h"
#include "forms/session/session.h"
#include "tests/properties/random_form.h"

namespace doorstep::test {

struct Act {
    // `hide` shuts or opens the gate before all questions; `close` ends the program, and the
    // questionnaire is gone on with from its journal.
    enum class What : std::uint8_t { answer, add, remove, language, hide, undo, close } what = What::answer;
    std::uint32_t where = 0;  // taken modulo what there is
    std::string text;
    AnswerKind kind = AnswerKind::given;
};
Act random_act(Random& random);

// Does it, as far as it can be done, and adds its line to the journal.  Nothing where it was
// refused; that changes nothing.  REQUIRES: not `close`.
std::optional<ChangeList> act(FormSession& session, const Act& one, std::vector<JournalEntry>& journal,
                              bool calculated_too = true);

// "/data/people[2]/age" -> "/data/people/age"
std::string without_numbers(const std::string& path);

}  // namespace doorstep::test
