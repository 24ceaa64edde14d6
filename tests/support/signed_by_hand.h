// A request signed with the seed of an enrolment, under whatever number the test says.
#pragma once

#include <cstdint>
#include <string>

#include "forms/base/encoding.h"
#include "sync/endpoint/endpoint.h"
#include "sync/vault/signing.h"
#include "sync/wire/signed_text.h"

namespace doorstep::testing {

inline EndpointRequest signed_by_hand(const Enrolment& enrolment, std::uint64_t number,
                                      EndpointRequest request) {
    request.mark = {enrolment.enrolment.text(), std::to_string(number), std::string(wire::locked_sign_in),
                    ""};
    const auto pair = SigningPair::from_seed(SecretBytes(from_hex(enrolment.seed).value()));
    request.mark.signature =
        to_base64(sign(pair, wire::request_purpose,
                       wire::request_text(request.method, request.target, request.body, request.mark)));
    return request;
}

}  // namespace doorstep::testing
