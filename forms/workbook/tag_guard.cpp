#include "forms/workbook/tag_guard.h"

namespace doorstep {

// "<!--", "<![CDATA[" and "<?" hold quotes and angle brackets that mean nothing;
// "<!" alone opens a declaration, which reads like a tag.
void TagGuard::open(char c) {
    ++opened_;
    if (opened_ == 1 && c == '?')
        in_ = In::instruction;
    else if (opened_ == 1 && c == '!')
        return;
    else if (opened_ == 2 && before_[0] == '!' && c == '[')
        in_ = In::data;
    else if (opened_ == 2 && before_[0] == '!' && c == '-')
        return;
    else if (opened_ == 3 && c == '-')
        in_ = In::comment;
    else
        in_ = c == '>' ? In::text : In::tag;
    attributes_ = 0;
    quote_ = 0;
    if (in_ == In::tag && (c == '"' || c == '\''))
        quote_ = c;
}

// Whether `c` ends what is open; what opened it does not count ("<!-->").
void TagGuard::close_on(char c, std::string_view end) {
    ++opened_;
    const bool tail = end.size() == 2 ? before_[0] == end[0] : before_[0] == end[1] && before_[1] == end[0];
    if (c == '>' && tail && opened_ > end.size() + 1)
        in_ = In::text;
}

void TagGuard::inside_tag(char c) {
    if (quote_ != 0)
        quote_ = c == quote_ ? char{0} : quote_;
    else if (c == '"' || c == '\'')
        quote_ = c;
    else if (c == '>')
        in_ = In::text;
    else if (c == '=')
        ++attributes_;
}

bool TagGuard::passes(std::string_view piece) {
    for (std::size_t at = 0; at < piece.size(); ++at) {
        if (in_ == In::text) {
            at = piece.find('<', at);
            if (at == std::string_view::npos)
                return true;
            in_ = In::opening;
            opened_ = 0;
            continue;
        }
        const char c = piece[at];
        switch (in_) {
        case In::opening:
            open(c);
            break;
        case In::comment:
            close_on(c, "-->");
            break;
        case In::data:
            close_on(c, "]]>");
            break;
        case In::instruction:
            close_on(c, "?>");
            break;
        default:
            inside_tag(c);
        }
        if (attributes_ > attributes_max)
            return false;
        before_[1] = before_[0];
        before_[0] = c;
    }
    return true;
}

}  // namespace doorstep
