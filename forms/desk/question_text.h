// A question as lines of a terminal, and what was typed as an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/session/session.h"

namespace doorstep {

// Without what would move a cursor or change its colour: a form is a foreign text.
std::string printable(std::string_view text);

// Label, what kind of answer it takes, hint, numbered choices, the answer so far.
std::string question_text(const QuestionView& view, const std::vector<Choice>& choices);

// "don't know", the labels of chosen choices, or the text; restricted answers are not shown.
std::string answer_text(const QuestionView& view, const std::vector<Choice>& choices);

// Choices by number, value or label; several separated by spaces or commas.  Errors
// say what can be typed.
Result<Answer> answer_from(std::string_view typed, const QuestionView& view,
                           const std::vector<Choice>& choices);

}  // namespace doorstep
