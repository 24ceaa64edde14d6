// XML compared as text, whatever the order of attributes and the space between tags.
#pragma once

#include <string>
#include <string_view>

namespace doorstep::conformance {

// Attributes of every tag sorted, space beside tags dropped, entities as characters.
std::string normal_xml(std::string_view text);

// Whether a fragment stands in the document; a fragment may end inside a tag.
bool contains_fragment(const std::string& document, const std::string& fragment);

}  // namespace doorstep::conformance
