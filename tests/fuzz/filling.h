// A loaded form, filled in by somebody who tries everything once.
#pragma once

#include <memory>

#include "forms/definition/definition.h"

namespace doorstep::fuzz {

// Answers every question, adds to and takes from every repeat, then holds what must
// hold of any form: what settles step by step is what settles from scratch, and a
// submission is read back.
void fill(const std::shared_ptr<const FormDefinition>& form);

}  // namespace doorstep::fuzz
