// Submissions compared as canonical XML.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace doorstep::conformance {

// Names with their name spaces, attributes in order, no space between elements, ids
// and the text of masked places ("/data/meta/instanceID") as "*".  "" when the text is no XML.
std::string canonical(const std::string& xml, const std::set<std::string>& masked);

// Every "uuid:..." as "uuid:*".
std::string without_ids(std::string text);

}  // namespace doorstep::conformance
