// What a tablet without keys and its centre say to each other until it is enrolled: one question, asked
// again and again, and its answer.  PROTOCOL.md 4.9.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/base/uuid.h"

namespace doorstep::wire {

inline constexpr std::string_view enrolment_path = "/v1/enrol";
inline constexpr std::string_view enrolment_request_purpose = "doorstep enrolment 1";
inline constexpr std::string_view enrolment_answer_purpose = "doorstep enrolment answer 1";
inline constexpr std::size_t enrolment_request_bytes_max = 1024;
inline constexpr std::size_t enrolment_answer_bytes_max = 4096;

struct EnrolmentRequest {
    std::string code;        // as read_code() gives it
    std::string verify_key;  // Ed25519 public, 32 bytes: the tablet made the pair, and keeps the other half
    std::string signature;   // by that pair, under enrolment_request_purpose
};
// What the tablet signs: that it has the other half.
std::string signed_text(const EnrolmentRequest& request);

enum class EnrolmentState : std::uint8_t { waiting, approved, declined };

// The public keys of a centre, as a ticket carries them.
struct CentreKeys {
    std::string sealing_key;       // X25519, 32 bytes
    std::string signing_key;       // Ed25519, 32 bytes
    std::string safeguarding_key;  // X25519, 32 bytes
    std::string recovery_key;      // X25519, 32 bytes
    std::string authority_pins;    // 32 or 64 bytes
    bool operator==(const CentreKeys&) const = default;
};

struct EnrolmentAnswer {
    EnrolmentState state = EnrolmentState::waiting;
    CentreKeys centre;
    Uuid enrolment{};       // once it is approved
    std::string tablet{};   // its name, once it is approved
    std::string signature;  // by the centre's signing key, under enrolment_answer_purpose
};
// What the centre signs: the answer, and to which request it is one.
std::string signed_text(const EnrolmentAnswer& answer, const EnrolmentRequest& to);
// What the four words stand for that both screens show: this tablet's key and this centre's keys.
std::string words_text(std::string_view verify_key, const CentreKeys& centre);

std::string encode(const EnrolmentRequest& request);
std::string encode(const EnrolmentAnswer& answer);
// bad_input: not one, or a key that has not its length.
Result<EnrolmentRequest> decode_enrolment_request(std::string_view json);
Result<EnrolmentAnswer> decode_enrolment_answer(std::string_view json);

}  // namespace doorstep::wire
