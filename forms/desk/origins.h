// Joins what the engine says to the cell that an author can mend: the faults of
// loading, and at run time what stands in the way of a finish.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "forms/base/diagnostic.h"
#include "forms/definition/definition.h"
#include "forms/session/session.h"

namespace doorstep {

// "<xpath of the node>#<property>" to the cell it came from, as in ConvertedForm.
// Empty for a form that came without a workbook.
using Origins = std::map<std::string, Place>;

// A property that has no cell of its own stands at the question's type.  A place
// with row 0: not known.
Place origin(const Origins& origins, const std::string& node, const std::string& property);

// `file` names the form where no cell is known.
Diagnostic joined(const FormFault& fault, const Origins& origins, const std::string& file);

// The cell of the workbook that blocks a finish.
Place origin(const Origins& origins, const Blocked& blocked);

// What to say of it: "cannot compute (row 31)", "is not answered".  The place of the
// diagnostic is the cell, `why` the reason of the engine.  Never holds an answer.
Diagnostic diagnosed(const Blocked& blocked, const Origins& origins);

}  // namespace doorstep
