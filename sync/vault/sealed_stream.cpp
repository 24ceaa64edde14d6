#include "sync/vault/sealed_stream.h"

#include <sodium.h>

#include <utility>

namespace doorstep {

namespace {

constexpr std::size_t key_bytes = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t extra_bytes = crypto_secretstream_xchacha20poly1305_ABYTES;
// The key in its sealed box.
constexpr std::size_t box_block = 32;

std::size_t box_bytes() {
    static const std::size_t size =
        seal(KeyPair::make().public_key, std::string(key_bytes, 'k'), box_block).size();
    return size;
}

Error damaged() {
    return {Fault::damaged, "The file is damaged, or was altered.", "Take another copy."};
}

}  // namespace

struct SealedStreamWriter::State {
    Sink sink;
    SecretBytes key;
    crypto_secretstream_xchacha20poly1305_state stream{};
    std::string waiting;

    Result<void> push(std::string_view piece, unsigned char tag) {
        std::string sealed(piece.size() + extra_bytes, '\0');
        crypto_secretstream_xchacha20poly1305_push(&stream, octets(sealed), nullptr, octets(piece),
                                                   piece.size(), nullptr, 0, tag);
        return sink(sealed);
    }
};

SealedStreamWriter::SealedStreamWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealedStreamWriter::SealedStreamWriter(SealedStreamWriter&&) noexcept = default;
SealedStreamWriter::~SealedStreamWriter() {
    if (state_) {
        sodium_memzero(&state_->stream, sizeof state_->stream);
        wipe_text(state_->waiting);
    }
}

Result<SealedStreamWriter> SealedStreamWriter::begin(const PublicKey& to, Sink sink) {
    prepare_libsodium();
    auto state = std::make_unique<State>(State{std::move(sink), SecretBytes::random(key_bytes), {}, {}});
    std::string header(header_bytes, '\0');
    crypto_secretstream_xchacha20poly1305_init_push(&state->stream, octets(header), state->key.data());
    TRY_DO(state->sink(seal(to, state->key.view(), box_block) + header));
    return SealedStreamWriter(std::move(state));
}

Result<void> SealedStreamWriter::write(std::string_view text) {
    auto& waiting = state_->waiting;
    while (!text.empty()) {
        const auto part = text.substr(0, stream_piece_bytes - waiting.size());
        waiting += part;
        text.remove_prefix(part.size());
        if (waiting.size() < stream_piece_bytes)
            continue;
        TRY_DO(state_->push(waiting, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE));
        waiting.clear();
    }
    return {};
}

Result<void> SealedStreamWriter::finish() {
    return state_->push(state_->waiting, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
}

const SecretBytes& SealedStreamWriter::key() const {
    return state_->key;
}

struct SealedStreamReader::State {
    Source source;
    crypto_secretstream_xchacha20poly1305_state stream{};
    std::string opened;  // not yet given out
    std::size_t from = 0;
    bool ended = false;

    std::size_t left() const { return opened.size() - from; }

    Result<void> pull() {
        TRY(const auto sealed, source(stream_piece_bytes + extra_bytes));
        if (sealed.size() < extra_bytes)
            return damaged();
        opened.erase(0, std::exchange(from, 0));
        const auto before = opened.size();
        opened.resize(before + sealed.size() - extra_bytes);
        unsigned char tag = 0;
        if (crypto_secretstream_xchacha20poly1305_pull(&stream, octets(opened) + before, nullptr, &tag,
                                                       octets(sealed), sealed.size(), nullptr, 0) != 0)
            return damaged();
        ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
        return {};
    }
};

SealedStreamReader::SealedStreamReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealedStreamReader::SealedStreamReader(SealedStreamReader&&) noexcept = default;
SealedStreamReader::~SealedStreamReader() {
    if (state_) {
        sodium_memzero(&state_->stream, sizeof state_->stream);
        wipe_text(state_->opened);
    }
}

Result<SealedStreamReader> SealedStreamReader::open(const KeyPair& key, Source source) {
    prepare_libsodium();
    TRY(const auto box, source(box_bytes()));
    const auto opened = open_sealed(key, box);
    if (!opened || opened->view().size() != key_bytes)
        return Error{Fault::refused, "It was sealed to another key, or is damaged.",
                     "Look for the custody sheet that was printed with the keys of that endpoint."};
    return begin(SecretBytes(opened->view()), std::move(source));
}

Result<SealedStreamReader> SealedStreamReader::open(const SecretBytes& stream_key, Source source) {
    prepare_libsodium();
    TRY_DO(source(box_bytes()));
    return begin(stream_key.duplicate(), std::move(source));
}

Result<SealedStreamReader> SealedStreamReader::begin(SecretBytes key, Source source) {
    auto state = std::make_unique<State>();
    state->source = std::move(source);
    TRY(const auto header, state->source(header_bytes));
    if (header.size() != header_bytes ||
        crypto_secretstream_xchacha20poly1305_init_pull(&state->stream, octets(header), key.data()) != 0)
        return damaged();
    return SealedStreamReader(std::move(state));
}

Result<std::string> SealedStreamReader::read(std::size_t size) {
    while (state_->left() < size) {
        if (state_->ended)
            return damaged();
        TRY_DO(state_->pull());
    }
    auto text = state_->opened.substr(state_->from, size);
    state_->from += size;
    return text;
}

Result<bool> SealedStreamReader::at_end() {
    while (state_->left() == 0 && !state_->ended)
        TRY_DO(state_->pull());
    if (state_->left() > 0)
        return false;
    TRY(const auto beyond, state_->source(1));
    if (!beyond.empty())
        return damaged();
    return true;
}

}  // namespace doorstep
