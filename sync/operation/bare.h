// What is left of a fact when its home is forgotten: a bare row for the counts.
#pragma once

#include <optional>

#include "sync/operation/operation.h"

namespace doorstep {

// The same fact under the same id, with its visit, team, area, days, form, agency and states, and
// `nobody` in place of the home; no name, address, answer, reason or officer.  The counts
// folded from it are those of the whole one.  `nobody` is random, one for each home that is
// forgotten, so that a need that was already open stays so.  Nothing for a type that this
// program does not know.  Bare again, it is the same.
std::optional<Operation> bare(const Operation& whole, const Uuid& nobody);

}  // namespace doorstep
