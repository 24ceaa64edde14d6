#include "sync/store/endpoint_seal.h"

#include "forms/base/sha256.h"
#include "sync/wire/limits.h"
#include "sync/wire/shorthand.h"

namespace doorstep {

namespace {

constexpr std::string_view mark = "DSB1";
constexpr std::size_t id_bytes = 8;
// Lengths tell little, and a record costs 5 % more on the wire.
constexpr std::size_t block = 64;

Error damaged(const char* what) {
    return {Fault::damaged, what, ""};
}

}  // namespace

std::string key_id(const PublicKey& key) {
    return std::string(Sha256::of(key.bytes).raw().substr(0, id_bytes));
}

bool is_sealed(const wire::Envelope& envelope) {
    return envelope.body.starts_with(mark);
}

std::string seal_body_to(const PublicKey& endpoint, std::string_view plain_body) {
    if (!usable(endpoint))
        return {};
    return std::string(mark) + key_id(endpoint) + seal(endpoint, plain_body, block);
}

Error no_sealing_key() {
    return {Fault::bad_input, "The endpoint's sealing key, as this tablet was given it, is no key.",
            "Let the tablet be enrolled again, with a new ticket."};
}

Result<wire::Envelope> unsealed(const wire::Envelope& envelope, const KeyPair* endpoint,
                                const wire::PhraseBooks& books, std::size_t* written_out) {
    if (written_out)
        *written_out = 0;
    if (!is_sealed(envelope))
        return envelope;
    const std::string_view rest = std::string_view(envelope.body).substr(mark.size());
    if (rest.size() < id_bytes)
        return damaged("Its seal is cut off.");
    if (!endpoint || rest.substr(0, id_bytes) != key_id(endpoint->public_key))
        return damaged("It was sealed to a key that this endpoint does not have.");
    const auto opened = open_sealed(*endpoint, rest.substr(id_bytes));
    if (!opened)
        return damaged("Its seal does not open: it was altered on the way, or on the tablet.");
    auto plain = envelope;
    if (!wire::is_short(opened->view())) {
        plain.body = std::string(opened->view());
        return plain;
    }
    auto lengthened = wire::lengthen(opened->view(), books, {envelope.id, envelope.first_sequence},
                                     limits::envelope_bytes_max);
    if (written_out)
        *written_out = lengthened.ok()                                ? lengthened->size()
                       : lengthened.error().fault == Fault::not_found ? 0
                                                                      : limits::envelope_bytes_max;
    TRY(plain.body, std::move(lengthened));
    return plain;
}

}  // namespace doorstep
