#include <zstd.h>

#include <catch2/catch.hpp>

#include "forms/base/random.h"
#include "sync/wire/codec.h"

using namespace doorstep;

namespace {

// As a stream, so that the frame does not declare its size.
std::string without_size(std::string_view bytes) {
    std::string out(ZSTD_compressBound(bytes.size()) + 64, '\0');
    auto* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer produced{out.data(), out.size(), 0};
    ZSTD_compressStream2(context, &produced, &in, ZSTD_e_continue);
    ZSTD_compressStream2(context, &produced, &in, ZSTD_e_end);
    ZSTD_freeCCtx(context);
    out.resize(produced.pos);
    return out;
}

}  // namespace

TEST_CASE("a frame gives back its bytes, also none and many", "[wire][frame]") {
    SeededRandom random(5);
    for (const std::size_t size : {0u, 1u, 100u, 70'000u, 1'000'000u}) {
        std::string bytes(size, 'a');
        for (std::size_t i = 0; i < size; i += 3)
            bytes[i] = static_cast<char>(random.below(256));
        const auto frame = wire::compress(bytes);
        CHECK(wire::compress(bytes) == frame);
        CHECK(*wire::expand(frame, size) == bytes);
        if (size > 0)
            CHECK_FALSE(wire::expand(frame, size - 1).ok());
    }
}

TEST_CASE("a bomb is refused by what it declares", "[wire][frame]") {
    const auto bomb = wire::compress(std::string(64 * 1024 * 1024, '\0'));
    REQUIRE(bomb.size() < 8 * 1024);
    const auto refused = wire::expand(bomb, 4 * 1024 * 1024);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::bad_input);
    CHECK(refused.error().what.find("declares 67108864 bytes") != std::string::npos);

    // One that lies about its size: eight bytes of 0xff where the size stands.
    auto liar = wire::compress(std::string(1'000'000, 'x'));
    liar.replace(5, 4, "\x10\x00\x00\x00", 4);
    CHECK_FALSE(wire::expand(liar, 4 * 1024 * 1024).ok());
}

TEST_CASE("a frame without size or checksum, a skippable one and plain bytes are refused", "[wire][frame]") {
    CHECK_FALSE(wire::expand(without_size(std::string(100'000, 'x')), 1'000'000).ok());
    std::string unchecked(200, '\0');
    unchecked.resize(ZSTD_compress(unchecked.data(), unchecked.size(), "hello", 5, 3));
    CHECK_FALSE(wire::expand(unchecked, 100).ok());
    CHECK_FALSE(wire::expand(std::string("\x50\x2a\x4d\x18\x04\0\0\0abcd", 12), 100).ok());
    CHECK_FALSE(wire::expand("", 100).ok());
    CHECK_FALSE(wire::expand("<html>Welcome to Free Wi-Fi</html>", 100).ok());
}

TEST_CASE("a frame cut at any byte, or with anything behind it, is refused", "[wire][frame]") {
    std::string bytes;
    for (int i = 0; i < 300; ++i)
        bytes += std::to_string(i * 7919);
    const auto frame = wire::compress(bytes);
    for (std::size_t size = 0; size < frame.size(); ++size)
        REQUIRE_FALSE(wire::expand(std::string_view(frame).substr(0, size), 100'000).ok());
    CHECK_FALSE(wire::expand(frame + '\0', 100'000).ok());
    CHECK_FALSE(wire::expand(frame + frame, 100'000).ok());
    // What zstd itself would pass over in silence.
    CHECK_FALSE(wire::expand(frame + wire::compress(""), 100'000).ok());
    CHECK_FALSE(wire::expand(frame + std::string("\x50\x2a\x4d\x18\x04\0\0\0abcd", 12), 100'000).ok());
}

TEST_CASE("a flipped bit is refused, or changes nothing", "[wire][frame]") {
    std::string bytes;
    for (int i = 0; i < 200; ++i)
        bytes += std::to_string(i * 104'729);
    const auto frame = wire::compress(bytes);
    std::size_t harmless = 0;
    for (std::size_t i = 0; i < frame.size() * 8; ++i) {
        auto altered = frame;
        altered[i / 8] = static_cast<char>(altered[i / 8] ^ (1 << (i % 8)));
        const auto expanded = wire::expand(altered, 1'000'000);
        REQUIRE((!expanded.ok() || *expanded == bytes));
        harmless += expanded.ok() ? 1u : 0u;
    }
    CHECK(harmless < 16);
}
