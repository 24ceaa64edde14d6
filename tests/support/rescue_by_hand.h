// A part of a rescue file, made with the seed of an enrolment as PROTOCOL.md 4.4 says it.
#pragma once

#include <string>
#include <string_view>

#include "forms/base/encoding.h"
#include "sync/endpoint/endpoint.h"
#include "sync/vault/signing.h"
#include "sync/wire/messages.h"

namespace doorstep::testing {

inline std::string with_length(std::string_view bytes) {
    std::string out;
    for (auto left = bytes.size(); left >= 128; left >>= 7)
        out += static_cast<char>(0x80 | (left & 0x7f));
    const auto shift = 7 * out.size();
    out += static_cast<char>(bytes.size() >> shift);
    return out + std::string(bytes);
}

inline std::string rescue_by_hand(const Enrolment& enrolment, wire::PushRequest push) {
    const auto pair = SigningPair::from_seed(SecretBytes(from_hex(enrolment.seed).value()));
    push.enrolment = enrolment.enrolment;
    push.epoch_seen.reset();
    const auto encoded = wire::encode(push);
    return "DSR2" + with_length(pair.public_key.bytes) + with_length(encoded) +
           with_length(sign(pair, "doorstep rescue 2", encoded));
}

}  // namespace doorstep::testing
