// Letters as they are typed without a special keyboard: what is searched and what is
// typed are both folded, so that Lukasz finds Łukasz.
//
// Our own, and not a tokenizer's: those drop the accent of what Unicode takes apart (é,
// ñ) and leave ł, ø, đ, ß, æ and þ alone.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace doorstep {

// Small letters and digits, words parted by one space: "Łukasz-St. John's" -> "lukasz st johns".
// Marks of their own (decomposed text) are left out; letters of other scripts stay, Greek
// and Cyrillic ones as small letters.  What is no UTF-8 is left as it is.
// Ids of homes are made of it (household_at): for addresses, its answers may not change.
std::string folded(std::string_view utf8);

// The same, with a hyphen or an apostrophe between two letters kept as '-' and '\'':
// "lukasz-st john's".
std::string folded_with_joints(std::string_view utf8);

// visit(word) for what stands between any of `breaks`; never for nothing.
template<class Visit>
void each_word_of(std::string_view text, std::string_view breaks, const Visit& visit) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(breaks, at), text.size());
        if (end > at)
            visit(text.substr(at, end - at));
        at = end + 1;
    }
}

}  // namespace doorstep
