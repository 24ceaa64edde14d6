// The text of a QR picture, and what strangers send to be let in.
#include "sync/wire/enrolment.h"
#include "sync/wire/invitation.h"
#include "tests/fuzz/fuzz.h"

using namespace doorstep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto read = wire::decode_invitation(text); read.ok()) {
        const auto again = wire::decode_invitation(wire::encode(*read));
        fuzz::promise(again.ok() && *again == *read, "what was read is written and read the same");
    }
    if (const auto code = wire::read_code(text))
        fuzz::promise(wire::read_code(wire::code_to_show(*code)) == code, "a code is shown as it is read");
    if (const auto asked = wire::decode_enrolment_request(text); asked.ok())
        fuzz::promise(asked->verify_key.size() == 32 && asked->signature.size() == 64,
                      "keys have their length");
    if (const auto answer = wire::decode_enrolment_answer(text); answer.ok())
        fuzz::promise(answer->centre.signing_key.size() == 32, "keys have their length");
    return 0;
}
