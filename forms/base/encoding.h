// Bytes as text and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doorstep {

std::string to_hex(std::string_view bytes);
// Nothing for an odd length or a character that is no hex digit.
std::optional<std::string> from_hex(std::string_view text);

std::string to_base64(std::string_view bytes);
// Standard alphabet with padding; nothing for anything else.
std::optional<std::string> from_base64(std::string_view text);

// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);

// One way of writing each letter (Unicode NFC): e and a combining accent become the one
// letter with its accent.  What is no UTF-8 is left as it is.
std::string composed(std::string_view text);

}  // namespace doorstep
