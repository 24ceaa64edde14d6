#include "client/draw/shown_text.h"

#include <algorithm>

namespace doorstep {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr char32_t ellipsis = 0x2026;

std::size_t length_of(unsigned char first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

bool well_formed(char32_t value, std::size_t bytes) {
    static constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return value >= least[bytes] && value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
}

void append(std::string& text, char32_t value) {
    const auto byte = [&](char32_t bits) { text.push_back(static_cast<char>(bits)); };
    if (value < 0x80) {
        byte(value);
    } else if (value < 0x800) {
        byte(0xC0 | (value >> 6));
        byte(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        byte(0xE0 | (value >> 12));
        byte(0x80 | ((value >> 6) & 0x3F));
        byte(0x80 | (value & 0x3F));
    } else {
        byte(0xF0 | (value >> 18));
        byte(0x80 | ((value >> 12) & 0x3F));
        byte(0x80 | ((value >> 6) & 0x3F));
        byte(0x80 | (value & 0x3F));
    }
}

char32_t as_shown(const CodePoint& code, bool newlines) {
    if (!code.good)
        return replacement;
    if (code.value == '\n')
        return newlines ? U'\n' : U' ';
    if (code.value < 0x20)
        return 0x2400 + code.value;
    if (code.value == 0x7F)
        return 0x2421;
    if (code.value >= 0x80 && code.value < 0xA0)
        return replacement;
    // Pango would begin a new paragraph in the middle of a line.
    if (!newlines && (code.value == 0x2028 || code.value == 0x2029))
        return U' ';
    return code.value;
}

}  // namespace

CodePoint code_point_at(std::string_view utf8, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
    const std::size_t bytes = length_of(byte(at));
    if (bytes == 0 || at + bytes > utf8.size())
        return {replacement, 1, false};
    static constexpr unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t value = byte(at) & first_bits[bytes];
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80)
            return {replacement, 1, false};
        value = (value << 6) | (byte(at + i) & 0x3F);
    }
    if (!well_formed(value, bytes))
        return {replacement, 1, false};
    return {value, bytes, true};
}

ShownText::ShownText(std::string_view original, bool newlines, std::size_t longest)
    : original_size_(original.size()) {
    bool same = true;
    std::size_t count = 0;
    text_.reserve(original.size());
    for (std::size_t at = 0; at < original.size(); ++count) {
        steps_.push_back({at, text_.size()});
        if (count == longest) {
            append(text_, ellipsis);
            same = false;
            break;
        }
        const CodePoint code = code_point_at(original, at);
        const char32_t shown = as_shown(code, newlines);
        same = same && code.good && shown == code.value;
        append(text_, shown);
        at += code.bytes;
    }
    if (same)
        steps_ = {};
}

std::size_t ShownText::shown(std::size_t original) const {
    if (original >= original_size_)
        return text_.size();
    if (steps_.empty())
        return original;
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), original,
                                        [](std::size_t at, const Step& step) { return at < step.original; });
    return std::prev(after)->shown;
}

std::size_t ShownText::original(std::size_t shown) const {
    if (shown >= text_.size())
        return original_size_;
    if (steps_.empty())
        return shown;
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), shown,
                                        [](std::size_t at, const Step& step) { return at < step.shown; });
    return std::prev(after)->original;
}

}  // namespace doorstep
