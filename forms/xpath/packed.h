// An expression as bytes: its tree, so that nothing is parsed again.
#pragma once

#include <optional>

#include "forms/base/packing.h"
#include "forms/xpath/expression.h"

namespace doorstep::xpath {

void pack(Packer& archive, const Expression& expression);
// Nothing, and a failed archive, when the bytes are no expression.
std::optional<Expression> unpack_expression(Unpacker& archive);

}  // namespace doorstep::xpath
