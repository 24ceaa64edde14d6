// Small words of a sitting: sentences with a gap, the time of day, answers in words.
#pragma once

#include <string>
#include <string_view>

#include "client/wording/wording.h"
#include "forms/base/clock.h"
#include "forms/session/session.h"

namespace doorstep {

// `sentence` with its first "%s" replaced; a translation without one keeps its text.
std::string filled(std::string sentence, std::string_view text);
std::string time_of_day(const Clock& clock, std::int64_t at_ms);  // "10:42"
// "Polish (pl)" -> "pl"; a bare code is itself.
std::string_view language_code(std::string_view language);
bool is_right_to_left(std::string_view language);
// For answers that are no text; `chosen` are the labels of what was chosen.
std::string answer_words(const Answer& answer, const std::string& chosen, QuestionType type,
                         const Wording& wording);
std::string violation_words(Violation violation, const std::string& of_the_form, const Wording& wording);

}  // namespace doorstep
