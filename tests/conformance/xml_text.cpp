#include "tests/conformance/xml_text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace doorstep::conformance {
namespace {

constexpr std::string_view spaces = " \t\r\n";

std::string with_characters(std::string text) {
    const std::pair<std::string_view, std::string_view> entities[] = {
        {"&gt;", ">"}, {"&lt;", "<"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
    for (const auto& [entity, character] : entities)
        for (std::size_t at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1))
            text.replace(at, entity.size(), character);
    return text;
}

struct Tag {
    std::string name;  // with a '/' before or after it where there is one
    std::vector<std::string> attributes;
};

// The inside of "<name a='1' b="2"/>"; an attribute that is cut off is left out.
Tag read_tag(std::string_view inside) {
    Tag tag;
    bool empty = inside.ends_with('/');
    if (empty)
        inside.remove_suffix(1);
    std::size_t at = std::min(inside.find_first_of(spaces), inside.size());
    tag.name = inside.substr(0, at);
    while (at < inside.size()) {
        at = inside.find_first_not_of(spaces, at);
        const std::size_t equals = at == std::string_view::npos ? at : inside.find('=', at);
        if (equals == std::string_view::npos || equals + 1 >= inside.size())
            break;
        const char quote = inside[equals + 1];
        const std::size_t close = inside.find(quote, equals + 2);
        if (close == std::string_view::npos)
            break;
        tag.attributes.push_back(std::string(inside.substr(at, equals - at)) + "=\"" +
                                 with_characters(std::string(inside.substr(equals + 2, close - equals - 2))) +
                                 "\"");
        at = close + 1;
    }
    std::sort(tag.attributes.begin(), tag.attributes.end());
    if (empty)
        tag.name += '/';
    return tag;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

// Where a tag that begins at `open` ends, past quoted '>'.
std::size_t end_of_tag(std::string_view text, std::size_t open) {
    char quote = 0;
    for (std::size_t at = open; at < text.size(); ++at) {
        if (quote != 0)
            quote = text[at] == quote ? '\0' : quote;
        else if (text[at] == '"' || text[at] == '\'')
            quote = text[at];
        else if (text[at] == '>')
            return at;
    }
    return std::string_view::npos;
}

bool has_all(const Tag& tag, const Tag& wanted) {
    const std::string name = tag.name.ends_with('/') ? tag.name.substr(0, tag.name.size() - 1) : tag.name;
    return name == wanted.name && std::includes(tag.attributes.begin(), tag.attributes.end(),
                                                wanted.attributes.begin(), wanted.attributes.end());
}

}  // namespace

std::string normal_xml(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('<', at), text.size());
        out += with_characters(std::string(trimmed(text.substr(at, open - at))));
        if (open == text.size())
            break;
        const std::size_t close = end_of_tag(text, open);
        if (close == std::string_view::npos) {
            out += text.substr(open);
            break;
        }
        const Tag tag = read_tag(text.substr(open + 1, close - open - 1));
        const bool empty = tag.name.ends_with('/');
        out += '<' + (empty ? tag.name.substr(0, tag.name.size() - 1) : tag.name);
        for (const std::string& attribute : tag.attributes)
            out += ' ' + attribute;
        out += empty ? "/>" : ">";
        at = close + 1;
    }
    return out;
}

bool contains_fragment(const std::string& document, const std::string& fragment) {
    const std::size_t open = fragment.rfind('<');
    if (open == std::string::npos || end_of_tag(fragment, open) != std::string_view::npos)
        return normal_xml(document).find(normal_xml(fragment)) != std::string::npos;
    const Tag wanted = read_tag(std::string_view(fragment).substr(open + 1));
    for (std::size_t at = document.find('<'); at != std::string::npos; at = document.find('<', at + 1)) {
        const std::size_t close = end_of_tag(document, at);
        if (close == std::string::npos)
            return false;
        if (has_all(read_tag(std::string_view(document).substr(at + 1, close - at - 1)), wanted))
            return true;
    }
    return false;
}

}  // namespace doorstep::conformance
