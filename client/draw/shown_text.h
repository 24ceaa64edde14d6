// Text as it is shown: whatever bytes come in, well-formed UTF-8 comes out.
//
// Bytes that are no UTF-8 become U+FFFD, control characters other than the newline
// their pictures (U+2400 and on), so that nothing is hidden and nothing breaks Pango.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep {

struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 1;  // that it takes in the text; 1 when they are wrong
    bool good = true;
};
// REQUIRES: at < utf8.size()
CodePoint code_point_at(std::string_view utf8, std::size_t at);

class ShownText {
public:
    // At most `longest` code points; what is cut ends in an ellipsis.
    ShownText(std::string_view original, bool newlines, std::size_t longest);

    const std::string& text() const { return text_; }
    std::size_t shown(std::size_t original) const;  // byte offset in text()
    std::size_t original(std::size_t shown) const;  // and back
    std::size_t original_size() const { return original_size_; }

private:
    struct Step {
        std::size_t original;
        std::size_t shown;
    };
    std::string text_;
    std::vector<Step> steps_;  // one a code point; empty when both are the same
    std::size_t original_size_;
};

}  // namespace doorstep
