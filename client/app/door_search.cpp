#include "client/app/door_search.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace doorstep {

namespace {

struct Letters {
    std::uint32_t first;
    std::uint32_t last;
    std::string_view plain;
};

// Latin-1 and Latin Extended-A to what is typed for them without a special keyboard.
constexpr std::array<Letters, 56> latin{{
    {0xC0, 0xC5, "a"},
    {0xC6, 0xC6, "ae"},
    {0xC7, 0xC7, "c"},
    {0xC8, 0xCB, "e"},
    {0xCC, 0xCF, "i"},
    {0xD0, 0xD0, "d"},
    {0xD1, 0xD1, "n"},
    {0xD2, 0xD6, "o"},
    {0xD8, 0xD8, "o"},
    {0xD9, 0xDC, "u"},
    {0xDD, 0xDD, "y"},
    {0xDE, 0xDE, "th"},
    {0xDF, 0xDF, "ss"},
    {0xE0, 0xE5, "a"},
    {0xE6, 0xE6, "ae"},
    {0xE7, 0xE7, "c"},
    {0xE8, 0xEB, "e"},
    {0xEC, 0xEF, "i"},
    {0xF0, 0xF0, "d"},
    {0xF1, 0xF1, "n"},
    {0xF2, 0xF6, "o"},
    {0xF8, 0xF8, "o"},
    {0xF9, 0xFC, "u"},
    {0xFD, 0xFD, "y"},
    {0xFE, 0xFE, "th"},
    {0xFF, 0xFF, "y"},
    {0x100, 0x105, "a"},
    {0x106, 0x10D, "c"},
    {0x10E, 0x111, "d"},
    {0x112, 0x11B, "e"},
    {0x11C, 0x123, "g"},
    {0x124, 0x127, "h"},
    {0x128, 0x131, "i"},
    {0x132, 0x133, "ij"},
    {0x134, 0x135, "j"},
    {0x136, 0x138, "k"},
    {0x139, 0x142, "l"},
    {0x143, 0x14B, "n"},
    {0x14C, 0x151, "o"},
    {0x152, 0x153, "oe"},
    {0x154, 0x159, "r"},
    {0x15A, 0x161, "s"},
    {0x162, 0x167, "t"},
    {0x168, 0x173, "u"},
    {0x174, 0x175, "w"},
    {0x176, 0x178, "y"},
    {0x179, 0x17E, "z"},
    {0x17F, 0x17F, "s"},
    {0x1E9E, 0x1E9E, "ss"},
    // Marks of their own (decomposed text), typographic apostrophes: nothing.
    {0x300, 0x36F, ""},
    {0x2018, 0x2019, ""},
    {0x2BC, 0x2BC, ""},
    // Spaces and dashes part words.
    {0xA0, 0xA0, " "},
    {0x2000, 0x200A, " "},
    {0x2010, 0x2015, " "},
    {0x3000, 0x3000, " "},
}};

// The bytes of the code point at `at`; 1 for what is not UTF-8.
std::size_t length_at(std::string_view text, std::size_t at, std::uint32_t& code) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    code = lead;
    if (length == 1 || at + length > text.size())
        return 1;
    code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        code = code << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    return length;
}

void fold_ascii(char letter, std::string& into) {
    const bool capital = letter >= 'A' && letter <= 'Z';
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    if (capital)
        into += static_cast<char>(letter - 'A' + 'a');
    else if (plain)
        into += letter;
    else if (letter != '\'' && letter != '.' && !into.empty() && into.back() != ' ')
        into += ' ';
}

}  // namespace

std::string folded(std::string_view utf8) {
    std::string plain;
    plain.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        std::uint32_t code = 0;
        const std::size_t length = length_at(utf8, at, code);
        const auto known = std::find_if(latin.begin(), latin.end(), [&](const Letters& each) {
            return each.first <= code && code <= each.last;
        });
        if (code < 0x80) {
            fold_ascii(utf8[at], plain);
        } else if (known == latin.end()) {
            plain += utf8.substr(at, length);
        } else if (known->plain != " ") {
            plain += known->plain;
        } else if (!plain.empty() && plain.back() != ' ') {
            plain += ' ';
        }
        at += length;
    }
    if (!plain.empty() && plain.back() == ' ')
        plain.pop_back();
    return plain;
}

void DoorSearch::add(std::string_view text) {
    keys_ += ' ';
    keys_ += folded(text);
    ends_.push_back(keys_.size());
}

std::vector<std::uint32_t> DoorSearch::find(std::string_view typed) const {
    std::vector<std::uint32_t> found(ends_.size());
    std::iota(found.begin(), found.end(), 0U);
    const std::string wanted = folded(typed);
    for (std::size_t at = 0; at < wanted.size();) {
        const std::size_t end = std::min(wanted.find(' ', at), wanted.size());
        const std::string word = " " + wanted.substr(at, end - at);
        std::erase_if(found, [&](std::uint32_t door) {
            const std::size_t from = door == 0 ? 0 : ends_[door - 1];
            return std::string_view(keys_).substr(from, ends_[door] - from).find(word) == std::string::npos;
        });
        at = end + 1;
    }
    return found;
}

}  // namespace doorstep
