// How large a zstd frame says that it is: read from its header, before anything is allocated.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace doorstep::wire {

// Nothing: it is no frame, or does not say.  Whatever it says, expand() holds it to it.
std::optional<std::size_t> declared_bytes(std::string_view frame);

}  // namespace doorstep::wire
