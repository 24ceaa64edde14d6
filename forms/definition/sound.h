// Whether what was read back from bytes holds together.
#pragma once

#include "forms/definition/content.h"
#include "forms/definition/graph.h"

namespace doorstep {

// Every number names something that is there, and languages have all their wordings.
bool is_sound(const FormContent& content, const FormGraph& graph);

}  // namespace doorstep
