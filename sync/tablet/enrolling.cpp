#include "sync/tablet/enrolling.h"

#include <unistd.h>

#include "forms/base/encoding.h"
#include "forms/base/packing.h"
#include "sync/http/endpoint_address.h"
#include "sync/vault/check_words.h"
#include "sync/vault/durable_file.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/sealing.h"
#include "sync/wire/messages.h"

namespace doorstep {

namespace {

constexpr const char* enrolling_purpose = "doorstep enrolment that waits, 1";
constexpr std::size_t enrolling_bytes_max = 16 * 1024;
constexpr std::size_t pin_bytes = 32;

Error not_that_centre() {
    return {Fault::not_doorstep, "What answered is not the centre of this invitation.",
            "Nothing was taken from it. Ask the centre for its address and a new code."};
}

Error other_keys() {
    return {Fault::refused,
            "The centre told other keys than before: something may stand between it and this tablet.",
            "Nothing was taken from it. Tell the centre, and begin again with a new code."};
}

// The words of a refusal are the centre's own; they came over its sealed connection.
Error refusal_of(const HttpReply& reply) {
    if (reply.headers.count("doorstep-endpoint") == 0)
        return not_that_centre();
    const auto refusal = wire::decode_refusal(reply.body);
    if (reply.status == 403 && refusal.ok() && refusal->code == "code")
        return {Fault::refused, refusal->what, ""};
    if (reply.status == 429 && refusal.ok())
        return {Fault::unreachable, refusal->what, ""};
    if (reply.status == 404)
        return {Fault::newer_version, "That centre knows no enrolment by a code.",
                "Its Doorstep is older than this one: enrol with a ticket file."};
    if (reply.status == 503 || reply.status == 408)
        return {Fault::unreachable, "The centre is busy.", "Try again in a while."};
    return {Fault::broken, "The centre did not understand this tablet.",
            "It may be of another version: enrol with a ticket file."};
}

// Signed for this very question, by keys that one can use, of the authority that was asked for.
bool is_of_centre(const wire::EnrolmentAnswer& answer, const wire::EnrolmentRequest& asked,
                  const std::string& pins) {
    const auto& centre = answer.centre;
    const auto& told = centre.authority_pins;
    const bool pinned =
        pins.size() == pin_bytes &&
        (told.substr(0, pin_bytes) == pins || (told.size() > pin_bytes && told.substr(pin_bytes) == pins));
    return pinned && usable(PublicKey{centre.sealing_key}) && usable(PublicKey{centre.safeguarding_key}) &&
           usable(PublicKey{centre.recovery_key}) &&
           verify(VerifyKey{centre.signing_key}, wire::enrolment_answer_purpose,
                  wire::signed_text(answer, asked), answer.signature);
}

wire::Ticket ticket_of(const wire::EnrolmentAnswer& answer, const SigningPair& pair) {
    const auto& centre = answer.centre;
    return {answer.enrolment,   answer.tablet,           to_hex(pair.seed.view()), centre.sealing_key,
            centre.signing_key, centre.safeguarding_key, centre.recovery_key,      centre.authority_pins};
}

std::string packed_keys(const std::optional<wire::CentreKeys>& centre) {
    Packer packed;
    if (centre)
        packed(centre->sealing_key, centre->signing_key, centre->safeguarding_key, centre->recovery_key,
               centre->authority_pins);
    return packed.bytes();
}

}  // namespace

Enrolling Enrolling::begin(std::string endpoint, std::string code) {
    return {std::move(endpoint), std::move(code), SigningPair::make()};
}

Result<EnrolmentHeard> ask_to_enrol(HttpClient& http, Enrolling& enrolling) {
    TRY(const auto address, parse_endpoint_address(enrolling.endpoint));
    wire::EnrolmentRequest asked{enrolling.code, enrolling.pair.public_key.bytes, {}};
    asked.signature = sign(enrolling.pair, wire::enrolment_request_purpose, wire::signed_text(asked));
    TRY(const auto reply, http.exchange({"POST", std::string(wire::enrolment_path), wire::content_type_json,
                                         wire::encode(asked)}));
    if (reply.status != 200)
        return refusal_of(reply);
    const auto answer = wire::decode_enrolment_answer(reply.body);
    if (!answer.ok() || !is_of_centre(*answer, asked, address.pins))
        return not_that_centre();
    if (enrolling.centre && !(*enrolling.centre == answer->centre))
        return other_keys();
    enrolling.centre = answer->centre;
    EnrolmentHeard heard;
    heard.state = answer->state;
    TRY(heard.words, check_words(tablet_words, wire::words_text(asked.verify_key, answer->centre)));
    if (answer->state == wire::EnrolmentState::approved)
        heard.ticket = ticket_of(*answer, enrolling.pair);
    return heard;
}

Result<void> keep_enrolling(const std::string& file, const Enrolling& enrolling, const DeviceSecret& device) {
    Packer packed;
    packed(enrolling.endpoint, enrolling.code, std::string(enrolling.pair.seed.view()),
           packed_keys(enrolling.centre));
    const SecretText text(packed.bytes());
    return write_durably(
        file, seal_under(derive(device.key(), enrolling_purpose), text.view(), enrolling_purpose), 0600);
}

Result<Enrolling> read_enrolling(const std::string& file, const DeviceSecret& device) {
    TRY(const auto sealed, read_small_file(file, enrolling_bytes_max));
    const auto text = open_under(derive(device.key(), enrolling_purpose), sealed, enrolling_purpose);
    Unpacker packed(text ? text->view() : std::string_view{});
    Enrolling found;
    std::string seed;
    std::string keys;
    packed(found.endpoint, found.code, seed, keys);
    if (!packed.ok() || !packed.at_end() || seed.size() != pin_bytes)
        return Error{Fault::damaged, "What this tablet keeps about an enrolment that waits was altered.",
                     "Begin again with a new code."};
    found.pair = SigningPair::from_seed(SecretBytes(seed));
    wipe_text(seed);
    if (keys.empty())
        return found;
    Unpacker of_centre(keys);
    wire::CentreKeys centre;
    of_centre(centre.sealing_key, centre.signing_key, centre.safeguarding_key, centre.recovery_key,
              centre.authority_pins);
    if (of_centre.ok())
        found.centre = centre;
    return found;
}

void forget_enrolling(const std::string& file) {
    ::unlink(file.c_str());
}

}  // namespace doorstep
