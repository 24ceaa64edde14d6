// The JSON of an envelope, written short before it is sealed: about a sixth of what zstd alone
// makes of a finish.
//
//   'T' | 4 bytes: the book's id | n(bytes of the text) | the text and its numbers (likely_text.h) |
//   ids, 16 bytes each, and blobs, in the order of their marks
//
// or, where that would be longer,
//
//   'S' or 's' | 4 bytes: the book's id | n(ids) | n(bytes of numbers) | n(bytes of blobs) |
//   ids, 16 bytes each | numbers | blobs | the text, in 's' as it is, in 'S' as a zstd frame without
//   its first four bytes
//
// n() is a number in groups of 7 bits, lowest first, 0x80 set on all but the last.  In the text stand
//
//   0x00 hi lo        the phrase at that place of the book
//   0x01 .. 0x17      the phrase so many places after the last one
//   0x1f b            the phrase 24 + b places after the last one
//   0x18              the sequence that is due: the envelope's first one, that again, then one more each
//   0x19              the next blob, n(its bytes) and the bytes, as base64
//   0x1a r            Uuid::derived() of the id number r, by its next number from 1
//   0x1b              Uuid::derived() of the envelope's id, by the next number from 0
//   0x1c              the next of the ids; it gets the next number
//   0x1d r            the id number r; 0 is the envelope's
//   0x1e              the next number
//   anything else     itself
//
// where r is 0x20 and the number of the id, and ids stand as 36 characters.  A number begins with a
// byte: its lower half z, or 15 and then n(z); z is the difference, zigzag, to what the upper half k
// names: 0 nothing; else (k-1)/3 numbers before the last one, as it is, shifted 16 bits up, or 16 bits
// down, by (k-1)%3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/wire/likely_text.h"
#include "sync/wire/phrases.h"

namespace doorstep::wire {

namespace shorthand {
inline constexpr std::size_t step_last = 0x17;
inline constexpr std::size_t jump_max = step_last + 256;
inline constexpr std::size_t book_id_bytes = 4;
}  // namespace shorthand

// Of which envelope: both ends know it beside the body.
struct OfEnvelope {
    Uuid id;
    Sequence first_sequence = 0;
};

// Empty when it cannot be written short so that it comes back byte for byte: then it travels as
// zstd.
std::string shorten(std::string_view json, const PhraseBook& book, const OfEnvelope& envelope);
bool is_short(std::string_view bytes);
// The text and its numbers; empty as above.  What a book learns its odds from.
Phrased in_phrases_of(std::string_view json, const PhraseBook& book, const OfEnvelope& envelope);
// not_found: written with a book that is not at hand, so with a form that is not; damaged: anything else.
// Never more than `bytes_max`.
Result<std::string> lengthen(std::string_view bytes, const PhraseBooks& books, const OfEnvelope& envelope,
                             std::size_t bytes_max);

}  // namespace doorstep::wire
