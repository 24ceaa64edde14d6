#include "tests/conformance/submission_text.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <charconv>
#include <cmath>
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

// Only a number as it is usually written: 007 and 1.2.3 are something else.
std::string plain_number(const std::string& text) {
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::size_t digits = text.find_first_of("0123456789");
    const bool padded = digits != std::string::npos && text[digits] == '0' && digits + 1 < text.size() &&
                        text[digits + 1] != '.';
    if (fault != std::errc() || end != text.data() + text.size() || padded)
        return text;
    constexpr double noise = 1e-9;
    return std::fabs(value) < noise ? "0" : fmt::format("{:.13g}", value);
}

class Writer {
public:
    explicit Writer(const std::set<std::string>& masked) : masked_(masked) {}

    void write(xmlNode* element, const std::string& above) {
        const std::string path = above + "/" + prefixed(element);
        std::map<std::string, std::string> attributes;
        for (xmlAttr* one = element->properties; one; one = one->next)
            attributes[expanded(one->ns, one->name)] =
                plain_value(taken(xmlNodeListGetString(element->doc, one->children, 1)));
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
            out += plain_value(taken(xmlNodeGetContent(element)));
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

std::string plain_words(const std::string& text) {
    // Fewer characters hold no noise: prices and measures stay as they are written.
    constexpr std::size_t noisy = 15;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t digit = std::min(text.find_first_of("0123456789", at), text.size());
        std::size_t end = std::min(text.find_first_not_of("0123456789.", digit), text.size());
        while (end > digit && text[end - 1] == '.')
            --end;
        const std::string number = text.substr(digit, end - digit);
        out += text.substr(at, digit - at);
        out += number.size() < noisy || number.find('.') == std::string::npos ? number : plain_number(number);
        at = end;
    }
    return out;
}

std::string plain_value(std::string text) {
    text = without_ids(std::move(text));
    // Points of a line or an area are joined by semicolons, with or without a space.
    if (text.empty() || text.find_first_not_of("0123456789.;-e ") != std::string::npos)
        return text;
    if (text.find_first_of(".;") == std::string::npos)
        return text;
    std::string out;
    for (std::size_t at = text.find_first_not_of(' '); at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("; ", at), text.size());
        out += plain_number(text.substr(at, end - at));
        const std::size_t next = std::min(text.find_first_not_of("; ", end), text.size());
        const bool point = text.substr(end, next - end).find(';') != std::string::npos;
        if (next < text.size())
            out += point ? ";" : " ";
        at = next;
    }
    return out;
}

}  // namespace doorstep::conformance
