#include "tests/simulation/cheap_libraries.h"

#include <dlfcn.h>
#include <sodium.h>
#include <sys/mman.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/support/faulty_disk.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define DOORSTEP_SANITIZED 1
#else
#    define DOORSTEP_SANITIZED 0
#endif

namespace doorstep::simulation {

namespace {

// Before each block stands its size; aligned as malloc() does.
constexpr std::size_t head = 16;

std::size_t size_of(const void* block) {
    std::size_t size = 0;
    std::memcpy(&size, static_cast<const unsigned char*>(block) - head, sizeof size);
    return size;
}

#if !DOORSTEP_SANITIZED
// Up to 1 KiB in steps of 16 bytes, then four sizes for each doubling up to 256 KiB.
constexpr std::size_t fine_max = 1'024;
constexpr std::size_t coarse_max = std::size_t{256} << 10;
constexpr std::size_t fine_sizes = fine_max / 16;
constexpr std::size_t slab = std::size_t{8} << 20;
constexpr std::size_t large_page = std::size_t{2} << 20;

struct Kind {
    std::size_t number;
    std::size_t size;
};

Kind kind_of(std::size_t size) {
    if (size <= fine_max) {
        const auto number = size == 0 ? 0 : (size - 1) / 16;
        return {number, (number + 1) * 16};
    }
    const auto doubling = static_cast<std::size_t>(std::bit_width(size - 1)) - 11;  // 0: up to 2 KiB
    const auto step = std::size_t{256} << doubling;
    const auto rounded = (size + step - 1) / step * step;
    return {fine_sizes + doubling * 4 + (rounded / step - 5), rounded};
}

std::array<void*, fine_sizes + 8 * 4> spare{};  // by kind, each with the next one in it
unsigned char* slab_at = nullptr;
std::size_t slab_left = 0;

void* take(std::size_t size) {
    if (size > coarse_max) {
        auto* const large = static_cast<unsigned char*>(std::malloc(size + head));
        if (!large)
            return nullptr;
        std::memcpy(large, &size, sizeof size);
        return large + head;
    }
    const auto kind = kind_of(size);
    if (void* const block = spare[kind.number]) {
        void*& first = spare[kind.number];
        std::memcpy(&first, block, sizeof(void*));
        // It was given back long ago: whoever asks next need not wait for it.
        __builtin_prefetch(first, 1);
        return block;
    }
    const auto whole = kind.size + head;
    if (slab_left < whole) {
        slab_at = static_cast<unsigned char*>(std::aligned_alloc(large_page, slab));
        if (!slab_at)
            return nullptr;
        // What a run touches lies all over it.
        ::madvise(slab_at, slab, MADV_HUGEPAGE);
        slab_left = slab;
    }
    auto* const block = slab_at + head;
    std::memcpy(slab_at, &kind.size, sizeof kind.size);
    slab_at += whole;
    slab_left -= whole;
    return block;
}

void give_back(void* block) {
    if (!block)
        return;
    const auto size = size_of(block);
    if (size > coarse_max)
        return std::free(static_cast<unsigned char*>(block) - head);
    auto& first = spare[kind_of(size).number];
    std::memcpy(block, &first, sizeof first);
    first = block;
}
#endif

using Signed = std::unordered_map<std::string, std::string>;
constexpr std::size_t short_text = 2'048;
constexpr int fast_level = 1;

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

// The library's own function of that name.
template<class Function>
Function* behind(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

template<class Context>
class Contexts {
public:
    Context* take(const char* making) {
        if (spare_.empty())
            return behind<Context*()>(making)();
        Context* const context = spare_.back();
        spare_.pop_back();
        return context;
    }
    void give_back(Context* context) { spare_.push_back(context); }

private:
    std::vector<Context*> spare_;
};

// They stay to the end.
Contexts<ZSTD_DCtx>& expanders() {
    static auto* const all = new Contexts<ZSTD_DCtx>;
    return *all;
}

Contexts<ZSTD_CCtx>& compressors() {
    static auto* const all = new Contexts<ZSTD_CCtx>;
    return *all;
}

}  // namespace

void forget_what_was_signed() {
    signed_here().clear();
}

void give_sqlite_memory() {
#if !DOORSTEP_SANITIZED
    static sqlite3_mem_methods methods = {
        [](int size) { return take(static_cast<std::size_t>(size)); },
        [](void* block) { give_back(block); },
        [](void* block, int size) -> void* {
            const auto wanted = static_cast<std::size_t>(size);
            const auto had = size_of(block);
            if (had >= wanted && had <= coarse_max)
                return block;
            void* const other = take(wanted);
            if (other) {
                std::memcpy(other, block, had < wanted ? had : wanted);
                give_back(block);
            }
            return other;
        },
        [](void* block) { return block ? static_cast<int>(size_of(block)) : 0; },
        [](int size) { return (size + 7) & ~7; },
        [](void*) { return SQLITE_OK; },
        [](void*) {},
        nullptr};
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
#endif
}

}  // namespace doorstep::simulation

using namespace doorstep::simulation;

extern "C" void* sodium_malloc(std::size_t size) {
    auto* const at = static_cast<unsigned char*>(std::malloc(size + head));
    if (!at)
        return nullptr;
    std::memcpy(at, &size, sizeof size);
    return std::memset(at + head, 0xdb, size);
}

extern "C" void sodium_free(void* bytes) {
    if (!bytes)
        return;
    sodium_memzero(bytes, size_of(bytes));
    std::free(static_cast<unsigned char*>(bytes) - head);
}

extern "C" int crypto_sign_detached(unsigned char* signature, unsigned long long* size,
                                    const unsigned char* text, unsigned long long length,
                                    const unsigned char* secret) {
    if (length > short_text)
        return crypto_sign_ed25519_detached(signature, size, text, length, secret);
    crypto_generichash(signature, crypto_sign_BYTES, text, length, secret, crypto_sign_SECRETKEYBYTES);
    if (size)
        *size = crypto_sign_BYTES;
    signed_here()[std::string(view(signature, crypto_sign_BYTES))] =
        whose_and_what(secret + crypto_sign_SEEDBYTES, text, length);
    return 0;
}

extern "C" int crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* text,
                                           unsigned long long length, const unsigned char* key) {
    if (length <= short_text)
        if (const auto found = signed_here().find(std::string(view(signature, crypto_sign_BYTES)));
            found != signed_here().end() && found->second == whose_and_what(key, text, length))
            return 0;
    return crypto_sign_ed25519_verify_detached(signature, text, length, key);
}

extern "C" ZSTD_DCtx* ZSTD_createDCtx() {
    return expanders().take("ZSTD_createDCtx");
}

extern "C" std::size_t ZSTD_freeDCtx(ZSTD_DCtx* context) {
    if (context) {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_and_parameters);
        expanders().give_back(context);
    }
    return 0;
}

extern "C" ZSTD_CCtx* ZSTD_createCCtx() {
    return compressors().take("ZSTD_createCCtx");
}

extern "C" std::size_t ZSTD_freeCCtx(ZSTD_CCtx* context) {
    if (context) {
        ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
        compressors().give_back(context);
    }
    return 0;
}

extern "C" std::size_t ZSTD_CCtx_setParameter(ZSTD_CCtx* context, ZSTD_cParameter which, int value) {
    static auto* const set = behind<std::size_t(ZSTD_CCtx*, ZSTD_cParameter, int)>("ZSTD_CCtx_setParameter");
    return set(context, which, which == ZSTD_c_compressionLevel ? std::min(value, fast_level) : value);
}

#if !DOORSTEP_SANITIZED
void* operator new(std::size_t size) {
    if (void* const block = take(size))
        return block;
    throw std::bad_alloc();
}

void operator delete(void* block) noexcept {
    give_back(block);
}

void operator delete(void* block, std::size_t) noexcept {
    give_back(block);
}
#endif
