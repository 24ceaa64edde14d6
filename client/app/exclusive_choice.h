// The choices of a multiple choice that stand alone and clear the rest.
#pragma once

#include <string>
#include <vector>

#include "forms/session/session.h"

namespace doorstep {

// Those that the form's own check refuses beside others,
// `not(selected(., 'standard') and count-selected(.) > 1)`, else one named none or
// none_of_these; empty when there is none.
std::vector<std::string> exclusive_choices(const FormSession& session, const QuestionView& view,
                                           const std::vector<Choice>& choices);

}  // namespace doorstep
