// Operations as JSON and back.  Readers keep unknown fields' operations usable:
// an unknown type or a newer version decodes to UnknownPayload.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/operation/operation.h"

namespace doorstep::wire {

// Deterministic: the same operation always gives the same bytes.  An UnknownPayload
// is given as it came.  Text that is not UTF-8 gets U+FFFD for what is wrong in it.
std::string encode(const Operation& operation);
// `bad_input` names the field, never its content.
Result<Operation> decode(std::string_view json);
// Only who, when and of what type; the payload stays an UnknownPayload.  For one
// whose payload cannot be read: set aside under its own id.
Result<Operation> decode_header(std::string_view json);

// zstd with checksum and declared size.  expand() refuses a frame whose declared
// size is absent or above `bytes_max`, before allocating, and trailing bytes.
std::string compress(std::string_view bytes);
Result<std::string> expand(std::string_view frame, std::size_t bytes_max);

// For what is compressed once and fetched often.  With `known` the frame holds only what is new against
// it, and expands beside the very same bytes alone.
std::string compress_once(std::string_view bytes, std::string_view known = {});
Result<std::string> expand_beside(std::string_view frame, std::string_view known, std::size_t bytes_max);

}  // namespace doorstep::wire
