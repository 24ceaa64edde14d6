// One question with its answers: for the question page, the officer's page and the
// closing page alike.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "client/screens/screens.h"
#include "client/ui/ui.h"
#include "client/view/questionnaire_view.h"

namespace doorstep::screens {

// What the questions of a page share.
struct PageOfAnswers {
    std::set<std::string> twice;  // labels that more than one question of the page offers
    std::string today;            // "2026-11-21"
    NodeRef in_hand;
    bool quiet = false;  // nothing may stand instead of an answer: the officer's own questions
    NoneWords none;
};
PageOfAnswers page_of_answers(const std::vector<QuestionItem>& items, std::string today, NodeRef in_hand);

void question(Ui& ui, const QuestionItem& item, const PageOfAnswers& page, AnswersLocal& local,
              Intents& intents);

// A tap on one choice of several: an exclusive one clears the rest, and the other way.
std::string toggled(const QuestionItem& item, const std::string& value);
bool is_chosen(const Answer& answer, const std::string& value);

}  // namespace doorstep::screens
