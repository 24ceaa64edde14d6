#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>

#include "sync/wire/codec.h"
#include "sync/wire/compressor.h"
#include "sync/wire/declared_bytes.h"

namespace doorstep::wire {

namespace {

constexpr int usual_level = 3;
constexpr int level_once = 19;
constexpr int level_beside = 12;               // most of it stands in what is known
constexpr int window_log_max = 27;             // of a decoder that nobody asked for more
constexpr unsigned char checksum_flag = 0x04;  // of the frame header descriptor, RFC 8878, 3.1.1.1.1

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

Error bad_frame(std::string what) {
    return {Fault::bad_input, "The compressed data is not usable: " + std::move(what) + ".", ""};
}

// A skippable frame would expand to nothing and be taken for an empty message.
bool is_checked_data_frame(std::string_view frame) {
    constexpr std::string_view magic = "\x28\xb5\x2f\xfd";
    return frame.size() > magic.size() && frame.starts_with(magic) &&
           (static_cast<unsigned char>(frame[magic.size()]) & checksum_flag) != 0;
}

}  // namespace

struct Compressor::State {
    std::unique_ptr<ZSTD_CCtx, FreeContext> context{ZSTD_createCCtx()};
};

Compressor::Compressor(int level) : state_(std::make_unique<State>()) {
    auto* const context = state_->context.get();
    assert(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1);
}

Compressor::~Compressor() = default;

std::string Compressor::compress(std::string_view bytes) {
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const auto size =
        ZSTD_compress2(state_->context.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
    assert(!ZSTD_isError(size));  // the buffer is as large as it can become
    frame.resize(size);
    return frame;
}

std::string compress(std::string_view bytes) {
    return Compressor(usual_level).compress(bytes);
}

Result<std::string> expand(std::string_view frame, std::size_t bytes_max) {
    return expand_beside(frame, {}, bytes_max);
}

std::optional<std::size_t> declared_bytes(std::string_view frame) {
    const auto declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN)
        return std::nullopt;
    return static_cast<std::size_t>(declared);
}

std::string compress_once(std::string_view bytes, std::string_view known) {
    const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
    assert(context);
    auto* const to = context.get();
    ZSTD_CCtx_setParameter(to, ZSTD_c_compressionLevel, known.empty() ? level_once : level_beside);
    ZSTD_CCtx_setParameter(to, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(to, ZSTD_c_contentSizeFlag, 1);
    if (!known.empty()) {
        ZSTD_CCtx_setParameter(to, ZSTD_c_enableLongDistanceMatching, 1);
        const auto reach = std::bit_width(bytes.size() + known.size());
        ZSTD_CCtx_setParameter(to, ZSTD_c_windowLog, std::clamp(static_cast<int>(reach), 10, window_log_max));
        ZSTD_CCtx_refPrefix(to, known.data(), known.size());
    }
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const auto size = ZSTD_compress2(to, frame.data(), frame.size(), bytes.data(), bytes.size());
    assert(!ZSTD_isError(size));  // the buffer is as large as it can become
    frame.resize(size);
    return frame;
}

Result<std::string> expand_beside(std::string_view frame, std::string_view known, std::size_t bytes_max) {
    if (!is_checked_data_frame(frame))
        return bad_frame("it is not a zstd frame with a checksum");
    const auto declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN)
        return bad_frame("it does not declare its size");
    if (declared > bytes_max)
        return bad_frame(fmt::format("it declares {} bytes, and at most {} are taken", declared, bytes_max));
    const auto frame_size = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
    if (ZSTD_isError(frame_size))
        return bad_frame("it is cut off or altered");
    if (frame_size != frame.size())
        return bad_frame("something follows its end");
    std::string bytes(static_cast<std::size_t>(declared), '\0');
    // Of its thread: making one costs more than what a short frame needs of it.
    thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
    assert(context);
    ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
    if (!known.empty())
        ZSTD_DCtx_refPrefix(context.get(), known.data(), known.size());
    const auto size =
        ZSTD_decompressDCtx(context.get(), bytes.data(), bytes.size(), frame.data(), frame.size());
    if (ZSTD_isError(size) || size != bytes.size())
        return bad_frame("it is cut off or altered");
    return bytes;
}

}  // namespace doorstep::wire
