// Submissions compared as canonical XML.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace doorstep::conformance {

// Names with their name spaces, attributes in order, no space between elements, values
// plain, and the text of masked places ("/data/meta/instanceID") as "*".  "" when the text is no XML.
std::string canonical(const std::string& xml, const std::set<std::string>& masked);

// Every "uuid:..." as "uuid:*", and numbers in one spelling: 89.0 is 89, and digits
// beyond the twelfth are noise of computing.
std::string plain_value(std::string text);
// The same digits left out of numbers that stand in a sentence.
std::string plain_words(const std::string& text);

}  // namespace doorstep::conformance
