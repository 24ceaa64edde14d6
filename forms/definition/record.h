// A submission read back: the answers of an earlier filling, in the shape of the
// form.
#pragma once

#include "forms/definition/content.h"

namespace doorstep {

// What the record does not hold stands as the form begins it; what the form does
// not know is refused, since it would be lost.
Result<Seed> read_record(const FormContent& content, std::string_view xml);

}  // namespace doorstep
