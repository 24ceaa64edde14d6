#include "tests/conformance/submission_text.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <map>
#include <memory>

namespace doorstep::conformance {
namespace {

constexpr const char* blanks = " \t\r\n";

std::string chars(const xmlChar* text) {
    return text ? std::string(reinterpret_cast<const char*>(text)) : std::string();
}

std::string taken(xmlChar* text) {
    std::string out = chars(text);
    xmlFree(text);
    return out;
}

std::string expanded(const xmlNs* space, const xmlChar* name) {
    return (space && space->href ? "{" + chars(space->href) + "}" : "") + chars(name);
}

std::string prefixed(const xmlNode* node) {
    return (node->ns && node->ns->prefix ? chars(node->ns->prefix) + ":" : "") + chars(node->name);
}

class Writer {
public:
    explicit Writer(const std::set<std::string>& masked) : masked_(masked) {}

    void write(xmlNode* element, const std::string& above) {
        const std::string path = above + "/" + prefixed(element);
        std::map<std::string, std::string> attributes;
        for (xmlAttr* one = element->properties; one; one = one->next)
            attributes[expanded(one->ns, one->name)] =
                without_ids(taken(xmlNodeListGetString(element->doc, one->children, 1)));
        out += "<" + expanded(element->ns, element->name);
        for (const auto& [name, value] : attributes)
            out += " " + name + "=\"" + value + "\"";
        out += ">";
        bool leaf = true;
        for (xmlNode* child = element->children; child; child = child->next)
            leaf = leaf && child->type != XML_ELEMENT_NODE;
        if (leaf && masked_.contains(path))
            out += "*";
        else if (leaf)
            out += without_ids(taken(xmlNodeGetContent(element)));
        else
            inside(element, path);
        out += "</>";
    }

    std::string out;

private:
    void inside(xmlNode* element, const std::string& path) {
        for (xmlNode* child = element->children; child; child = child->next) {
            if (child->type == XML_ELEMENT_NODE)
                write(child, path);
            else if (const std::string text = chars(child->content);
                     child->type == XML_TEXT_NODE && text.find_first_not_of(blanks) != std::string::npos)
                out += text;
        }
    }

    const std::set<std::string>& masked_;
};

}  // namespace

std::string canonical(const std::string& xml, const std::set<std::string>& masked) {
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, "UTF-8",
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
    if (!root)
        return {};
    Writer writer(masked);
    writer.write(root, "");
    return writer.out;
}

std::string without_ids(std::string text) {
    constexpr std::string_view mark = "uuid:";
    constexpr std::size_t length = 36;
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const std::size_t from = at + mark.size();
        const std::size_t end =
            std::min(text.find_first_not_of("0123456789abcdefABCDEF-", from), text.size());
        if (end - from == length)
            text.replace(from, length, "*");
    }
    return text;
}

}  // namespace doorstep::conformance
