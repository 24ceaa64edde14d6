#include "sync/wire/json_parts.h"

#include <string>

namespace doorstep::wire {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool ends_scalar(char c) {
    switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case ',':
    case ']':
    case '}':
    case '[':
    case '{':
    case '"':
    case ':':
        return true;
    default:
        return false;
    }
}

class Cutter {
public:
    Cutter(std::string_view text, int depth_max) : text_(text), depth_max_(depth_max) {}

    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
    }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }
    bool at_end() {
        skip_space();
        return at_ == text_.size();
    }
    // The text between the quotes.
    std::optional<std::string_view> string() {
        const auto begin = at_ + 1;
        if (!skip_string())
            return std::nullopt;
        return text_.substr(begin, at_ - 1 - begin);
    }
    std::optional<std::string_view> value() {
        const auto begin = at_;
        if (!skip_value())
            return std::nullopt;
        return text_.substr(begin, at_ - begin);
    }

private:
    bool skip_string() {
        if (!take('"'))
            return false;
        // Searched for, not read byte by byte: most of a message stands between quotes.
        for (auto quote = text_.find('"', at_); quote != std::string_view::npos;
             quote = text_.find('"', quote + 1))
            if (!is_escaped(quote)) {
                at_ = quote + 1;
                return true;
            }
        return false;
    }
    // Behind an odd number of backslashes, of which none stands before at_.
    bool is_escaped(std::size_t quote) const {
        auto first = quote;
        while (first > at_ && text_[first - 1] == '\\')
            --first;
        return (quote - first) % 2 != 0;
    }
    bool skip_scalar() {
        const auto begin = at_;
        while (at_ < text_.size() && !ends_scalar(text_[at_]))
            ++at_;
        return at_ > begin;
    }
    // Commas and colons inside are left to whoever reads the value.
    bool skip_value() {
        std::string closers;
        do {
            skip_space();
            if (at_ >= text_.size())
                return false;
            const char c = text_[at_];
            if (c == '{' || c == '[') {
                closers.push_back(c == '{' ? '}' : ']');
                if (closers.size() > static_cast<std::size_t>(depth_max_))
                    return false;
                ++at_;
            } else if (!closers.empty() && c == closers.back()) {
                closers.pop_back();
                ++at_;
            } else if (!closers.empty() && (c == ',' || c == ':')) {
                ++at_;
            } else if (!(c == '"' ? skip_string() : skip_scalar())) {
                return false;
            }
        } while (!closers.empty());
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_max_;
};

}  // namespace

bool is_nested_well(std::string_view json, int depth_max) {
    Cutter cutter(json, depth_max);
    cutter.skip_space();
    return cutter.value() && cutter.at_end();
}

std::optional<std::vector<JsonMember>> members_of(std::string_view object, int depth_max) {
    Cutter cutter(object, depth_max - 1);
    std::vector<JsonMember> members;
    cutter.skip_space();
    if (!cutter.take('{'))
        return std::nullopt;
    cutter.skip_space();
    for (bool more = !cutter.take('}'); more;) {
        cutter.skip_space();
        const auto name = cutter.string();
        cutter.skip_space();
        if (!name || !cutter.take(':'))
            return std::nullopt;
        cutter.skip_space();
        const auto value = cutter.value();
        if (!value)
            return std::nullopt;
        members.push_back({*name, *value});
        cutter.skip_space();
        more = cutter.take(',');
        if (!more && !cutter.take('}'))
            return std::nullopt;
    }
    if (!cutter.at_end())
        return std::nullopt;
    return members;
}

std::optional<std::vector<std::string_view>> elements_of(std::string_view array, int depth_max) {
    Cutter cutter(array, depth_max - 1);
    std::vector<std::string_view> elements;
    cutter.skip_space();
    if (!cutter.take('['))
        return std::nullopt;
    cutter.skip_space();
    for (bool more = !cutter.take(']'); more;) {
        cutter.skip_space();
        const auto value = cutter.value();
        if (!value)
            return std::nullopt;
        elements.push_back(*value);
        cutter.skip_space();
        more = cutter.take(',');
        if (!more && !cutter.take(']'))
            return std::nullopt;
    }
    if (!cutter.at_end())
        return std::nullopt;
    return elements;
}

}  // namespace doorstep::wire
