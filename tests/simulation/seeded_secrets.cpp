#include "tests/simulation/seeded_secrets.h"

#include <sodium.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

#include "forms/base/random.h"

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

// Of what sodium_malloc() gave: its size lies there, and it is aligned as malloc() does.
constexpr std::size_t size_before = 16;

// What was signed in this run, by its signature: public half and text.  The same text is found good for the
// same key without the curve; whatever differs is looked at as ever.
using Signed = std::unordered_map<std::string, std::string>;
constexpr std::size_t short_text = 2'048;

Signed& signed_here() {
    static Signed all;
    return all;
}

std::string_view view(const unsigned char* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

std::string whose_and_what(const unsigned char* key, const unsigned char* text, std::size_t size) {
    std::string both(view(key, crypto_sign_PUBLICKEYBYTES));
    return both.append(view(text, size));
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
    signed_here().clear();
}

}  // namespace doorstep::simulation

// Pages that guard a secret cost several calls of the system for each, and guard nothing here: the program's
// own functions come before the library's.  What they held is wiped all the same.
extern "C" void* sodium_malloc(std::size_t size) {
    auto* const at = static_cast<unsigned char*>(std::malloc(size + doorstep::simulation::size_before));
    if (!at)
        return nullptr;
    std::memcpy(at, &size, sizeof size);
    return std::memset(at + doorstep::simulation::size_before, 0xdb, size);
}

extern "C" void sodium_free(void* bytes) {
    if (!bytes)
        return;
    auto* const at = static_cast<unsigned char*>(bytes) - doorstep::simulation::size_before;
    std::size_t size = 0;
    std::memcpy(&size, at, sizeof size);
    sodium_memzero(bytes, size);
    std::free(at);
}

extern "C" int crypto_sign_detached(unsigned char* signature, unsigned long long* size,
                                    const unsigned char* text, unsigned long long length,
                                    const unsigned char* secret) {
    using namespace doorstep::simulation;
    const int code = crypto_sign_ed25519_detached(signature, size, text, length, secret);
    if (code == 0 && length <= short_text)
        signed_here()[std::string(view(signature, crypto_sign_BYTES))] =
            whose_and_what(secret + crypto_sign_SEEDBYTES, text, length);
    return code;
}

extern "C" int crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* text,
                                           unsigned long long length, const unsigned char* key) {
    using namespace doorstep::simulation;
    if (length <= short_text)
        if (const auto found = signed_here().find(std::string(view(signature, crypto_sign_BYTES)));
            found != signed_here().end() && found->second == whose_and_what(key, text, length))
            return 0;
    return crypto_sign_ed25519_verify_detached(signature, text, length, key);
}
