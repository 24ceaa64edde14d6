// The texts that a tablet and its endpoint sign (Ed25519), and the headers that carry the
// signatures.  PROTOCOL.md says them byte for byte.  Each is signed under its purpose, so that
// what was signed as one thing is never taken for another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"

namespace doorstep::wire {

inline constexpr std::string_view request_purpose = "doorstep request 1";
inline constexpr std::string_view reply_purpose = "doorstep reply 1";

// Of a request; a reply carries the last one too.
inline constexpr const char* enrolment_header = "Doorstep-Enrolment";
inline constexpr const char* number_header = "Doorstep-Request";
inline constexpr const char* sign_in_header = "Doorstep-Sign-In";
inline constexpr const char* signature_header = "Doorstep-Signature";  // base64 of 64 bytes
// The sign-in of a tablet that nobody is signed in to; else the id of an officer's slot.
inline constexpr std::string_view locked_sign_in = "locked";

// What the four headers of a request say, as they stand there; all empty: an unsigned request.
struct RequestMark {
    std::string enrolment{};
    std::string number{};
    std::string sign_in{};
    std::string signature{};
    bool operator==(const RequestMark&) const = default;
};
// A mark that was read.
struct SignedBy {
    Uuid enrolment;
    std::uint64_t number = 0;  // 1 .. 2^63 - 1
    bool locked = true;
    std::string signature;  // 64 bytes
};
// Nothing unless each stands there as it must, in the one way of writing it.
std::optional<SignedBy> read(const RequestMark& mark);

// Method, path with query, SHA-256 of the body, enrolment, sign-in, request number and protocol,
// each on its line.
std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         const RequestMark& mark);
// Status, SHA-256 of the body, and the request as it arrived: an answer to another one, or to one
// that was altered on the way, is none.
std::string reply_text(int status, std::string_view body, const Sha256& request_text_hash,
                       const RequestMark& mark);

}  // namespace doorstep::wire
