// Four words that two people read to each other, so that both know that their screens speak of the same
// keys.
//
// Each stands for nine bits of a hash that takes Argon2id a twentieth of a second and 64 MiB: whoever wants
// other keys with the same words tries 2^36 of them at that price.
#pragma once

#include <string>
#include <string_view>

#include "forms/base/result.h"

namespace doorstep {

// "amber canoe ladder picnic".  The purpose is hashed with the content.  broken: no memory.
// REQUIRES: purpose.size() < 256
Result<std::string> check_words(std::string_view purpose, std::string_view content);

inline constexpr std::string_view authority_words = "doorstep words of an authority 1";
inline constexpr std::string_view tablet_words = "doorstep words of a tablet 1";

// Whether somebody typed these: small or capital letters, whatever space between.
bool same_words(std::string_view typed, std::string_view words);

// Of which they are taken: 512, no two alike in their first four letters.
std::string_view check_word(std::size_t nth);
inline constexpr std::size_t check_words_known = 512;

}  // namespace doorstep
