// A questionnaire one step after the other, as it stands now: the questions that are
// shown, in order, and behind each repeat the question whether there is one more.
#pragma once

#include <string>
#include <vector>

#include "forms/session/session.h"

namespace doorstep {

struct Step {
    enum class Kind { question, one_more } kind = Kind::question;
    NodeRef node;                 // of a question
    std::string path;             // of the question, or of the repeat
    std::string page;             // path of its page: a group shown as one, else its own
    std::vector<NodeRef> inside;  // the groups and repeat instances around it, outermost first
    std::size_t instances = 0;    // of a repeat, so far

    bool operator==(const Step& other) const { return kind == other.kind && path == other.path; }
};

std::vector<Step> steps_of(const FormSession& session);

}  // namespace doorstep
