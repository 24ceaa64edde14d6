// Random documents and pure XPath 1.0 about them: axes, predicates, unions, functions.
#pragma once

#include <string>

#include "forms/base/random.h"

namespace doorstep::test {

std::string random_document(Random& random);
// Never text made of a number that is no whole one: how those are written differs.
std::string random_xpath(Random& random);

}  // namespace doorstep::test
