// XML as libxml2 reads it, behind the few questions that a form asks of it.
// Limits are ours and come first; nothing is fetched, no entity is expanded.
#pragma once

#include <libxml/tree.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"

namespace doorstep::xml {

inline constexpr std::size_t size_limit = 8 * 1024 * 1024;
inline constexpr std::size_t depth_limit = 200;
inline constexpr std::size_t attributes_limit = 256;     // of one tag
inline constexpr std::size_t declarations_limit = 1000;  // of namespaces
inline constexpr std::size_t elements_limit = 400'000;

inline constexpr std::string_view xforms = "http://www.w3.org/2002/xforms";
inline constexpr std::string_view javarosa = "http://openrosa.org/javarosa";
inline constexpr std::string_view odk = "http://www.opendatakit.org/xforms";
inline constexpr std::string_view doorstep_forms = "urn:doorstep:forms:1";

struct Free {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, Free>;

Result<Document> read(std::string_view text);

using Element = const xmlNode*;

Element root(const Document& document);
std::string_view name(Element element);
std::string_view name_space(Element element);
std::string_view prefix(Element element);
int line(Element element);

// Child elements, optionally only those with a name.
std::vector<Element> children(Element element, std::string_view named = {});
Element child(Element element, std::string_view named);  // the first, or null

// "" when it is not there.  Without a namespace: an attribute without prefix.
std::string attribute(Element element, std::string_view named, std::string_view in_name_space = {});
bool has_attribute(Element element, std::string_view named, std::string_view in_name_space = {});
struct Attribute {
    std::string name_space, prefix, name, value;
};
std::vector<Attribute> attributes(Element element);
// Own text, CDATA included, child elements left out.
std::string text(Element element);
std::string_view trimmed(std::string_view text);
// xmlns declarations on this element: prefix (maybe blank), URI.
std::vector<std::pair<std::string, std::string>> declarations(Element element);
// Text and child elements in order.
void walk(Element element, const std::function<void(std::string_view)>& on_text,
          const std::function<void(Element)>& on_element);

}  // namespace doorstep::xml
