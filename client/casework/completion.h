// What a finished questionnaire says about its door, by the names that every
// household form gives these questions.
#pragma once

#include <string>
#include <vector>

#include "client/casework/casework.h"

namespace doorstep {

struct AboutTheDoor {
    std::string language;
    std::vector<std::string> formats;
    std::string respondent;
};
AboutTheDoor about_the_door(const FormSession& session);

struct Completion {
    bool complete = false;
    bool no_adult = false;  // nobody could answer: the door is called on again
};
// Complete: privacy step confirmed, and one question after it answered by the
// resident.  Don't know, prefer not to say and not asked are no answers.
Completion completion(const FormSession& session);

// `bad_input` naming the questions that stand in the way.
Result<void> nothing_in_the_way(const FormSession& session, const Completion& completion);

}  // namespace doorstep
