// What a finished questionnaire says about its door, by the names that every
// household form gives these questions.
#pragma once

#include <optional>
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
    bool no_adult = false;    // nobody could answer: the door is called on again
    bool not_agreed = false;  // who lives here does not want the visit: the door declined
};
// Complete: privacy step confirmed, and one question after it answered by the
// resident.  Don't know, prefer not to say and not asked are no answers.
Completion completion(const FormSession& session);

// The step that explains who we are, as long as it is not confirmed: before it nobody can
// agree to anything.  Nothing for a form without one.
std::optional<NodeRef> open_privacy_step(const FormSession& session);

// `bad_input` naming the questions that stand in the way.
Result<void> nothing_in_the_way(const FormSession& session, const Completion& completion);

}  // namespace doorstep
