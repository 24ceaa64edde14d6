#include "sync/wire/enrolment.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "forms/base/encoding.h"
#include "sync/wire/fields.h"
#include "sync/wire/invitation.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t key_bytes = 32;
constexpr std::size_t signature_of_enrolment_bytes = 64;
constexpr std::size_t tablet_name_bytes_max = 64;

std::string_view state_word(EnrolmentState state) {
    switch (state) {
    case EnrolmentState::waiting:
        return "waiting";
    case EnrolmentState::approved:
        return "approved";
    case EnrolmentState::declined:
        break;
    }
    return "declined";
}

std::optional<EnrolmentState> read_state(std::string_view word) {
    for (const auto one : {EnrolmentState::waiting, EnrolmentState::approved, EnrolmentState::declined})
        if (state_word(one) == word)
            return one;
    return std::nullopt;
}

std::string keys_text(const CentreKeys& centre) {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n", to_hex(centre.sealing_key), to_hex(centre.signing_key),
                       to_hex(centre.safeguarding_key), to_hex(centre.recovery_key),
                       to_hex(centre.authority_pins));
}

bool keys_are_whole(const CentreKeys& centre) {
    for (const auto* key :
         {&centre.sealing_key, &centre.signing_key, &centre.safeguarding_key, &centre.recovery_key})
        if (key->size() != key_bytes)
            return false;
    return centre.authority_pins.size() == key_bytes || centre.authority_pins.size() == 2 * key_bytes;
}

Error not_whole() {
    return {Fault::bad_input, "What was said about an enrolment does not hold what it must.", ""};
}

}  // namespace

std::string signed_text(const EnrolmentRequest& request) {
    return fmt::format("{}\n{}\n{}\n", request.code, to_hex(request.verify_key), limits::protocol);
}

std::string signed_text(const EnrolmentAnswer& answer, const EnrolmentRequest& to) {
    const bool approved = answer.state == EnrolmentState::approved;
    return fmt::format("{}{}\n{}\n{}\n{}", signed_text(to), state_word(answer.state),
                       approved ? answer.enrolment.text() : std::string("-"),
                       approved ? answer.tablet : std::string("-"), keys_text(answer.centre));
}

std::string words_text(std::string_view verify_key, const CentreKeys& centre) {
    return to_hex(verify_key) + "\n" + keys_text(centre);
}

std::string encode(const EnrolmentRequest& request) {
    const Json json{{"proto", limits::protocol},
                    {"code", request.code},
                    {"verify_key", to_base64(request.verify_key)},
                    {"signature", to_base64(request.signature)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string encode(const EnrolmentAnswer& answer) {
    Json json{{"state", state_word(answer.state)},
              {"sealing_key", to_base64(answer.centre.sealing_key)},
              {"signing_key", to_base64(answer.centre.signing_key)},
              {"safeguarding_key", to_base64(answer.centre.safeguarding_key)},
              {"recovery_key", to_base64(answer.centre.recovery_key)},
              {"authority_pins", to_base64(answer.centre.authority_pins)}};
    if (answer.state == EnrolmentState::approved) {
        json["enrolment"] = answer.enrolment.text();
        json["tablet"] = answer.tablet;
    }
    json["signature"] = to_base64(answer.signature);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<EnrolmentRequest> decode_enrolment_request(std::string_view json) {
    if (json.size() > enrolment_request_bytes_max)
        return not_whole();
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    EnrolmentRequest request;
    const auto proto = fields.integer("proto", 1, limits::protocol);
    const auto code = read_code(fields.text("code"));
    request.verify_key = fields.bytes("verify_key");
    request.signature = fields.bytes("signature");
    TRY_DO(document.verdict());
    if (proto < limits::protocol_min || !code || request.verify_key.size() != key_bytes ||
        request.signature.size() != signature_of_enrolment_bytes)
        return not_whole();
    request.code = *code;
    return request;
}

Result<EnrolmentAnswer> decode_enrolment_answer(std::string_view json) {
    if (json.size() > enrolment_answer_bytes_max)
        return not_whole();
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    EnrolmentAnswer answer;
    answer.state = fields.word<EnrolmentState>("state", read_state);
    answer.centre = {fields.bytes("sealing_key"), fields.bytes("signing_key"),
                     fields.bytes("safeguarding_key"), fields.bytes("recovery_key"),
                     fields.bytes("authority_pins")};
    answer.signature = fields.bytes("signature");
    if (answer.state == EnrolmentState::approved) {
        answer.enrolment = fields.uuid("enrolment");
        answer.tablet = fields.text("tablet");
    }
    TRY_DO(document.verdict());
    const bool named =
        !answer.enrolment.is_nil() && !answer.tablet.empty() && answer.tablet.size() <= tablet_name_bytes_max;
    if (!keys_are_whole(answer.centre) || answer.signature.size() != signature_of_enrolment_bytes ||
        (answer.state == EnrolmentState::approved && !named))
        return not_whole();
    return answer;
}

}  // namespace doorstep::wire
