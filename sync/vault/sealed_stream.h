// What is too long for the memory, sealed piece by piece (libsodium's secretstream) under a key of
// its own, which is sealed to a public key.  A piece that is altered, missing, doubled or out of
// its order is told, and so is a missing end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

inline constexpr std::size_t stream_piece_bytes = 64 * 1024;

class SealedStreamWriter {
public:
    using Sink = std::function<Result<void>(std::string_view sealed)>;
    // REQUIRES: usable(to).
    static Result<SealedStreamWriter> begin(const PublicKey& to, Sink sink);
    SealedStreamWriter(SealedStreamWriter&&) noexcept;
    ~SealedStreamWriter();

    Result<void> write(std::string_view text);
    // Nothing may be written afterwards.
    Result<void> finish();
    // Opens this one stream: for whoever reads back at once what it wrote.
    const SecretBytes& key() const;

private:
    struct State;
    explicit SealedStreamWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class SealedStreamReader {
public:
    // The next `size` bytes; fewer only where there are no more.
    using Source = std::function<Result<std::string>(std::size_t size)>;
    // refused: sealed to another key; damaged.
    static Result<SealedStreamReader> open(const KeyPair& key, Source source);
    static Result<SealedStreamReader> open(const SecretBytes& stream_key, Source source);
    SealedStreamReader(SealedStreamReader&&) noexcept;
    ~SealedStreamReader();

    // Exactly `size` bytes.  damaged: altered, or cut before that.
    Result<std::string> read(std::size_t size);
    // The end was read, and it is the end that was written.
    Result<bool> at_end();

private:
    struct State;
    explicit SealedStreamReader(std::unique_ptr<State> state);
    static Result<SealedStreamReader> begin(SecretBytes key, Source source);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
