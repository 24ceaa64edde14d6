#include "sync/search/folding.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace doorstep {

namespace {

struct Letters {
    std::uint32_t first;
    std::uint32_t last;
    // " ", "-" and "'" part words; nothing for marks and what is not seen.
    std::string_view plain;
};

constexpr std::array<Letters, 115> letters{{
    {0xA0, 0xA0, " "},      {0xAA, 0xAA, "a"},      {0xAD, 0xAD, ""},       {0xB4, 0xB4, "'"},
    {0xB5, 0xB5, "u"},      {0xBA, 0xBA, "o"},      {0xC0, 0xC5, "a"},      {0xC6, 0xC6, "ae"},
    {0xC7, 0xC7, "c"},      {0xC8, 0xCB, "e"},      {0xCC, 0xCF, "i"},      {0xD0, 0xD0, "d"},
    {0xD1, 0xD1, "n"},      {0xD2, 0xD6, "o"},      {0xD8, 0xD8, "o"},      {0xD9, 0xDC, "u"},
    {0xDD, 0xDD, "y"},      {0xDE, 0xDE, "th"},     {0xDF, 0xDF, "ss"},     {0xE0, 0xE5, "a"},
    {0xE6, 0xE6, "ae"},     {0xE7, 0xE7, "c"},      {0xE8, 0xEB, "e"},      {0xEC, 0xEF, "i"},
    {0xF0, 0xF0, "d"},      {0xF1, 0xF1, "n"},      {0xF2, 0xF6, "o"},      {0xF8, 0xF8, "o"},
    {0xF9, 0xFC, "u"},      {0xFD, 0xFD, "y"},      {0xFE, 0xFE, "th"},     {0xFF, 0xFF, "y"},
    {0x100, 0x105, "a"},    {0x106, 0x10D, "c"},    {0x10E, 0x111, "d"},    {0x112, 0x11B, "e"},
    {0x11C, 0x123, "g"},    {0x124, 0x127, "h"},    {0x128, 0x131, "i"},    {0x132, 0x133, "ij"},
    {0x134, 0x135, "j"},    {0x136, 0x138, "k"},    {0x139, 0x142, "l"},    {0x143, 0x14B, "n"},
    {0x14C, 0x151, "o"},    {0x152, 0x153, "oe"},   {0x154, 0x159, "r"},    {0x15A, 0x161, "s"},
    {0x162, 0x167, "t"},    {0x168, 0x173, "u"},    {0x174, 0x175, "w"},    {0x176, 0x178, "y"},
    {0x179, 0x17E, "z"},    {0x17F, 0x17F, "s"},    {0x1C4, 0x1C6, "dz"},   {0x1C7, 0x1C9, "lj"},
    {0x1CA, 0x1CC, "nj"},   {0x1E2, 0x1E3, "ae"},   {0x1F1, 0x1F3, "dz"},   {0x1FC, 0x1FD, "ae"},
    {0x222, 0x223, "ou"},   {0x253, 0x253, "b"},    {0x254, 0x254, "o"},    {0x256, 0x257, "d"},
    {0x259, 0x259, "e"},    {0x25B, 0x25B, "e"},    {0x260, 0x260, "g"},    {0x263, 0x263, "g"},
    {0x268, 0x269, "i"},    {0x26F, 0x26F, "m"},    {0x272, 0x272, "n"},    {0x275, 0x275, "o"},
    {0x289, 0x28A, "u"},    {0x28B, 0x28B, "v"},    {0x2B9, 0x2BC, "'"},    {0x300, 0x36F, ""},
    {0x386, 0x386, "α"},    {0x388, 0x388, "ε"},    {0x389, 0x389, "η"},    {0x38A, 0x38A, "ι"},
    {0x38C, 0x38C, "ο"},    {0x38E, 0x38E, "υ"},    {0x38F, 0x38F, "ω"},    {0x390, 0x390, "ι"},
    {0x3AA, 0x3AA, "ι"},    {0x3AB, 0x3AB, "υ"},    {0x3AC, 0x3AC, "α"},    {0x3AD, 0x3AD, "ε"},
    {0x3AE, 0x3AE, "η"},    {0x3AF, 0x3AF, "ι"},    {0x3B0, 0x3B0, "υ"},    {0x3C2, 0x3C2, "σ"},
    {0x3CA, 0x3CA, "ι"},    {0x3CB, 0x3CB, "υ"},    {0x3CC, 0x3CC, "ο"},    {0x3CD, 0x3CD, "υ"},
    {0x3CE, 0x3CE, "ω"},    {0x401, 0x401, "е"},    {0x451, 0x451, "е"},    {0x1AB0, 0x1AFF, ""},
    {0x1DC0, 0x1DFF, ""},   {0x1E9E, 0x1E9E, "ss"}, {0x2000, 0x200A, " "},  {0x200B, 0x200D, ""},
    {0x2010, 0x2015, "-"},  {0x2018, 0x2019, "'"},  {0x2032, 0x2032, "'"},  {0x2060, 0x2060, ""},
    {0x20D0, 0x20FF, ""},   {0x3000, 0x3000, " "},  {0xFB00, 0xFB00, "ff"}, {0xFB01, 0xFB01, "fi"},
    {0xFB02, 0xFB02, "fl"}, {0xFE20, 0xFE2F, ""},   {0xFEFF, 0xFEFF, ""},
}};

// Letters from 0x180 and from 0x1E00, one for one; '?' stays as it is.
constexpr std::uint32_t extended_b = 0x180;
constexpr std::string_view plain_of_extended_b =
    "bbbb??occdddd?eeeffgghiikkllmnnooo??pprssssttttuuuvyyzzzzzz?????"
    "?????????????aaiioouuuuuuuuuueaaaa??ggggkkoooozzj???gg?wnnaa??oo"
    "aaaaeeeeiiiioooorrrruuuussttyyhhnd??zzaaeeooooooooyylntj??acclts"
    "z??buveejjqqrryy";
constexpr std::uint32_t additional = 0x1E00;
constexpr std::string_view plain_of_additional =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwyasss?daaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyllvvyy";
static_assert(plain_of_extended_b.size() == 208 && plain_of_additional.size() == 256);

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

void put_two_bytes(std::uint32_t code, std::string& into) {
    into += static_cast<char>(0xC0U | (code >> 6U));
    into += static_cast<char>(0x80U | (code & 0x3FU));
}

// Whether the letter is one of a run that is folded one by one.
bool put_of_a_run(std::uint32_t code, std::string& into) {
    const auto from = [&](std::uint32_t first, std::string_view plain) {
        if (code < first || code - first >= plain.size() || plain[code - first] == '?')
            return false;
        into += plain[code - first];
        return true;
    };
    if (from(extended_b, plain_of_extended_b) || from(additional, plain_of_additional))
        return true;
    if ((code >= 0x391 && code <= 0x3A9) || (code >= 0x410 && code <= 0x42F))
        put_two_bytes(code + 0x20, into);
    else if (code >= 0x400 && code <= 0x40F)
        put_two_bytes(code + 0x50, into);
    else
        return false;
    return true;
}

class Folding {
public:
    explicit Folding(bool joints) : joints_(joints) {}

    std::string fold(std::string_view utf8) {
        plain_.reserve(utf8.size());
        for (std::size_t at = 0; at < utf8.size();) {
            std::uint32_t code = 0;
            const std::size_t length = length_at(utf8, at, code);
            if (code < 0x80)
                ascii(utf8[at]);
            else
                other(code, utf8.substr(at, length));
            at += length;
        }
        end_word();
        if (!plain_.empty() && plain_.back() == ' ')
            plain_.pop_back();
        return std::move(plain_);
    }

private:
    void ascii(char letter) {
        if (letter >= 'A' && letter <= 'Z')
            plain_ += static_cast<char>(letter - 'A' + 'a');
        else if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'))
            plain_ += letter;
        else if (letter == '\'' || letter == '`')
            apostrophe();
        else if (letter == '-')
            hyphen();
        else if (letter != '.')
            space();
    }

    void other(std::uint32_t code, std::string_view bytes) {
        const auto* const known =
            std::lower_bound(letters.begin(), letters.end(), code,
                             [](const Letters& each, std::uint32_t wanted) { return each.last < wanted; });
        if (known == letters.end() || code < known->first || bytes.size() == 1) {
            if (bytes.size() == 1 || !put_of_a_run(code, plain_))
                plain_ += bytes;
        } else if (known->plain == " ") {
            space();
        } else if (known->plain == "-") {
            hyphen();
        } else if (known->plain == "'") {
            apostrophe();
        } else {
            plain_ += known->plain;
        }
    }

    // A joint stands between letters only.
    void end_word() {
        while (!plain_.empty() && (plain_.back() == '-' || plain_.back() == '\''))
            plain_.pop_back();
    }
    bool in_word() const { return !plain_.empty() && plain_.back() != ' '; }
    void space() {
        end_word();
        if (in_word())
            plain_ += ' ';
    }
    void hyphen() {
        if (!joints_)
            return space();
        end_word();
        if (in_word())
            plain_ += '-';
    }
    void apostrophe() {
        if (joints_ && in_word() && plain_.back() != '-' && plain_.back() != '\'')
            plain_ += '\'';
    }

    bool joints_;
    std::string plain_;
};

}  // namespace

std::string folded(std::string_view utf8) {
    return Folding(false).fold(utf8);
}

std::string folded_with_joints(std::string_view utf8) {
    return Folding(true).fold(utf8);
}

}  // namespace doorstep
