// Looks at the bytes of a part before the XML parser does, for the one thing that
// costs libxml2 the square of its length: a tag of a hundred thousand attributes.
#pragma once

#include <cstddef>
#include <string_view>

namespace doorstep {

class TagGuard {
public:
    static constexpr std::size_t attributes_max = 256;

    // False once a tag has too many attributes.  Pieces may be cut anywhere.
    bool passes(std::string_view piece);

private:
    enum class In { text, opening, tag, comment, data, instruction };
    void open(char c);
    void inside_tag(char c);
    void close_on(char c, std::string_view end);

    In in_ = In::text;
    char quote_ = 0;
    char before_[2] = {0, 0};  // the last two characters, newest first
    std::size_t opened_ = 0;   // characters since '<', while it is not clear what it opens
    std::size_t attributes_ = 0;
};

}  // namespace doorstep
