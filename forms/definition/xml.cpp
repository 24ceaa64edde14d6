#include "forms/definition/xml.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include <cstring>

#include "forms/base/encoding.h"

namespace doorstep::xml {
namespace {

std::string_view view(const xmlChar* text) {
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

// Where the construct at `at` ends (after it), or npos.
std::size_t after(std::string_view text, std::size_t at, std::string_view end) {
    const std::size_t found = text.find(end, at);
    return found == std::string_view::npos ? found : found + end.size();
}

// One tag: where it ends (after it), or npos, and what stands in it, quotes respected.
struct TagText {
    std::size_t end = std::string_view::npos;
    std::size_t attributes = 0;
};

TagText tag_at(std::string_view text, std::size_t at) {
    TagText tag;
    char quote = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != 0)
            quote = c == quote ? char{0} : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '=')
            ++tag.attributes;
        else if (c == '>') {
            tag.end = at + 1;
            return tag;
        }
    }
    return tag;
}

std::size_t occurrences(std::string_view text, std::string_view word) {
    std::size_t count = 0;
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + word.size()))
        ++count;
    return count;
}

Error too(std::string what, std::string mend) {
    return {Fault::bad_input, std::move(what), std::move(mend)};
}

// Before the parser sees it: its stack is as deep as the elements, a tag costs the
// square of its attributes, every name is looked for in all declarations around it,
// and an element weighs twenty times its bytes.
Result<void> check_shape(std::string_view text) {
    std::size_t depth = 0;
    std::size_t elements = 0;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("<!--")) {
            at = after(text, at + 4, "-->");
        } else if (rest.starts_with("<![CDATA[")) {
            at = after(text, at, "]]>");
        } else if (rest.starts_with("<?")) {
            at = after(text, at, "?>");
        } else {
            const TagText tag = tag_at(text, at);
            if (tag.attributes > attributes_limit)
                return too(fmt::format("A tag has more than {} attributes.", attributes_limit),
                           "Take out what no form needs.");
            if (rest.starts_with("</"))
                depth -= depth > 0 ? 1u : 0u;
            else if (!rest.starts_with("<!") && tag.end != std::string_view::npos) {
                ++elements;
                depth += text[tag.end - 2] != '/' ? 1u : 0u;
            }
            at = tag.end;
        }
        if (depth > depth_limit)
            return too(fmt::format("Elements are nested more than {} deep.", depth_limit),
                       "Take groups out of groups.");
        if (elements > elements_limit)
            return too(fmt::format("The form has more than {} elements.", elements_limit),
                       "Move long choice lists to CSV files beside the form.");
    }
    if (occurrences(text, "xmlns") > declarations_limit)
        return too(fmt::format("The form declares namespaces more than {} times.", declarations_limit),
                   "Declare them once, at the first element.");
    return {};
}

Result<void> check(std::string_view text) {
    if (text.size() > size_limit)
        return Error{Fault::bad_input,
                     fmt::format("The form is {} bytes of XML; {} are the most.", text.size(), size_limit),
                     "Move long choice lists to CSV files beside the form."};
    if (text.find('\0') != std::string_view::npos)
        return Error{Fault::bad_input, "The form holds a NUL byte, so it is no XML.",
                     "Save it again as UTF-8."};
    if (!is_utf8(text))
        return Error{Fault::bad_input, "The form is not UTF-8.", "Save it again as UTF-8."};
    if (text.find("<!ENTITY") != std::string_view::npos)
        return Error{Fault::refused, "The form declares XML entities, which are not read.",
                     "Write the text itself where the entity stands, and remove the declaration."};
    return check_shape(text);
}

}  // namespace

Result<Document> read(std::string_view text) {
    TRY_DO(check(text));
    // Without it libxml2 sets up its globals on first use, in whichever thread comes first.
    xmlInitParser();
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxt*)> context(xmlNewParserCtxt(),
                                                                           &xmlFreeParserCtxt);
    if (!context)
        return Error{Fault::broken, "There is no memory to read the form.", ""};
    Document document(xmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()), "form.xml",
                                        "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    if (document && xmlDocGetRootElement(document.get()))
        return document;
    const xmlError* error = xmlCtxtGetLastError(context.get());
    std::string why = error && error->message ? error->message : "it is empty";
    while (!why.empty() && (why.back() == '\n' || why.back() == '.'))
        why.pop_back();
    return Error{Fault::bad_input,
                 fmt::format("The form is no well-formed XML: line {}: {}.", error ? error->line : 1, why),
                 ""};
}

Element root(const Document& document) {
    return xmlDocGetRootElement(document.get());
}

std::string_view name(Element element) {
    return view(element->name);
}

std::string_view name_space(Element element) {
    return element->ns ? view(element->ns->href) : std::string_view();
}

std::string_view prefix(Element element) {
    return element->ns ? view(element->ns->prefix) : std::string_view();
}

int line(Element element) {
    return static_cast<int>(xmlGetLineNo(element));
}

std::vector<Element> children(Element element, std::string_view named) {
    std::vector<Element> found;
    for (const xmlNode* node = element->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && (named.empty() || name(node) == named))
            found.push_back(node);
    return found;
}

Element child(Element element, std::string_view named) {
    for (const xmlNode* node = element->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && name(node) == named)
            return node;
    return nullptr;
}

namespace {

std::string value_of(const xmlAttr* attribute) {
    std::string value;
    for (const xmlNode* node = attribute->children; node; node = node->next)
        value += view(node->content);
    return value;
}

const xmlAttr* find(Element element, std::string_view named, std::string_view in_name_space) {
    for (const xmlAttr* one = element->properties; one; one = one->next)
        if (view(one->name) == named && (one->ns ? view(one->ns->href) : std::string_view()) == in_name_space)
            return one;
    return nullptr;
}

}  // namespace

std::string attribute(Element element, std::string_view named, std::string_view in_name_space) {
    const xmlAttr* found = find(element, named, in_name_space);
    return found ? value_of(found) : std::string();
}

bool has_attribute(Element element, std::string_view named, std::string_view in_name_space) {
    return find(element, named, in_name_space) != nullptr;
}

std::vector<Attribute> attributes(Element element) {
    std::vector<Attribute> all;
    for (const xmlAttr* one = element->properties; one; one = one->next)
        all.push_back({one->ns ? std::string(view(one->ns->href)) : std::string(),
                       one->ns ? std::string(view(one->ns->prefix)) : std::string(),
                       std::string(view(one->name)), value_of(one)});
    return all;
}

std::string text(Element element) {
    std::string own;
    for (const xmlNode* node = element->children; node; node = node->next)
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
            own += view(node->content);
    return own;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const std::size_t from = text.find_first_not_of(blank);
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(blank) - from + 1);
}

std::vector<std::pair<std::string, std::string>> declarations(Element element) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const xmlNs* one = element->nsDef; one; one = one->next)
        all.emplace_back(view(one->prefix), view(one->href));
    return all;
}

void walk(Element element, const std::function<void(std::string_view)>& on_text,
          const std::function<void(Element)>& on_element) {
    for (const xmlNode* node = element->children; node; node = node->next) {
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
            on_text(view(node->content));
        else if (node->type == XML_ELEMENT_NODE)
            on_element(node);
    }
}

}  // namespace doorstep::xml
