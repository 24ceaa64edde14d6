// The choice of a multiple choice that stands alone and clears the rest.
#pragma once

#include <string>
#include <vector>

#include "forms/session/session.h"

namespace doorstep {

// The one that the form's own check refuses beside others,
// `not(selected(., 'standard') and count-selected(.) > 1)`, else one named none or
// none_of_these; empty when there is none.
std::string exclusive_choice(const FormSession& session, const QuestionView& view,
                             const std::vector<Choice>& choices);

}  // namespace doorstep
