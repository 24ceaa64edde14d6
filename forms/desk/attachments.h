// The one adapter that brings the media of a package to forms/definition.
#pragma once

#include <string>

#include "forms/definition/definition.h"

namespace doorstep {

// Reads "jr://file-csv/wards.csv" from `folder`, or from its subfolder "media".
// Only plain names: nothing outside the package is ever opened.
FormAttachments attachments_in(const std::string& folder);

}  // namespace doorstep
