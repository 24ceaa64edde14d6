// What a fuzz target is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace doorstep::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// A promise that this input breaks: the run ends here and keeps the input.
inline void promise(bool kept, const char* said) {
    if (kept)
        return;
    std::fprintf(stderr, "broken promise: %s\n", said);
    std::abort();
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
