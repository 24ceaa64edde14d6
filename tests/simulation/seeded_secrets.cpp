#include "tests/simulation/seeded_secrets.h"

#include <sodium.h>

#include <cstring>

#include "forms/base/random.h"
#include "tests/simulation/cheap_libraries.h"

namespace doorstep::simulation {

namespace {

SeededRandom& source() {
    static SeededRandom random(0);
    return random;
}

std::uint32_t word() {
    return static_cast<std::uint32_t>(source().next());
}

void fill(void* to, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    while (size > 0) {
        const auto drawn = source().next();
        const auto part = size < sizeof drawn ? size : sizeof drawn;
        std::memcpy(out, &drawn, part);
        out += part;
        size -= part;
    }
}

const char* source_name() {
    return "doorstep-simulation";
}

}  // namespace

void seed_secrets(std::uint64_t seed) {
    static randombytes_implementation seeded{source_name, word, nullptr, nullptr, fill, nullptr};
    static const bool ready = [] {
        randombytes_set_implementation(&seeded);
        return sodium_init() >= 0;
    }();
    static_cast<void>(ready);
    source() = SeededRandom(seed);
    forget_what_was_signed();
}

}  // namespace doorstep::simulation
