// Compiled forms in a folder, each under the hash of its XML.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "forms/definition/definition.h"

namespace doorstep {

// What the XML says, from the cache when it is there and whole, else from the XML and
// then kept.  A cache only saves time: a damaged one is replaced, a folder that cannot be
// written is let be, and of neither is a word said.  No folder (""): no cache.
std::shared_ptr<const FormDefinition> load_cached(const std::string& folder, std::string_view xml,
                                                  const FormAttachments& attachments,
                                                  std::vector<FormFault>& faults);

}  // namespace doorstep
