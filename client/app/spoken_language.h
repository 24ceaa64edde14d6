// Which language a session speaks, told from its labels: a session taken up again
// from a draft knows, and has no other word for it.
#pragma once

#include <string>

#include "forms/session/session.h"

namespace doorstep {

// As the form writes it; the form's default when its labels do not tell, empty for a
// form without languages.
std::string spoken_language(const FormSession& session);

}  // namespace doorstep
