#include "forms/base/random.h"

#include <sodium.h>

#include <cassert>

namespace doorstep {

std::uint64_t Random::below(std::uint64_t bound) {
    assert(bound > 0);
    // Rejection keeps it even: `limit` is the largest multiple of `bound`.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;)
        if (const std::uint64_t value = next(); value < limit)
            return value % bound;
}

double Random::unit() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

void Random::fill(std::span<std::uint8_t> bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i % 8 == 0)
            word = next();
        bytes[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
}

std::uint64_t SystemRandom::next() {
    std::uint64_t word = 0;
    randombytes_buf(&word, sizeof word);
    return word;
}

}  // namespace doorstep
