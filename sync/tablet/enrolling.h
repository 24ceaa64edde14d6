// A tablet that has no keys yet, and its centre: it makes the keys, names the code, and asks until the
// operator has said yes or no.  What is secret never leaves it.  PROTOCOL.md 4.9.
#pragma once

#include <optional>
#include <string>

#include "forms/base/result.h"
#include "sync/http/http_client.h"
#include "sync/vault/device_secret.h"
#include "sync/vault/signing.h"
#include "sync/wire/enrolment.h"
#include "sync/wire/ticket.h"

namespace doorstep {

// What stays the same while it waits, over a restart of the program too.
struct Enrolling {
    std::string endpoint;  // a pinned_address(): only who has that authority is asked
    std::string code;      // as wire::read_code() gives it
    SigningPair pair;      // made here
    // The keys of the centre as it told them first: the words on the screen are of these, and no others
    // are taken later.
    std::optional<wire::CentreKeys> centre{};

    static Enrolling begin(std::string endpoint, std::string code);
};

struct EnrolmentHeard {
    wire::EnrolmentState state = wire::EnrolmentState::waiting;
    std::string words;                   // the four that the operator compares
    std::optional<wire::Ticket> ticket;  // once it is approved
};

// Asks once.  `http` leads to enrolling.endpoint.  Errors: unreachable: again in a while (also where the
// centre is busy); not_doorstep: what answered is not that centre; refused: the code does not hold, or the
// centre's keys are not those of before; newer_version: the centre knows no codes.
Result<EnrolmentHeard> ask_to_enrol(HttpClient& http, Enrolling& enrolling);

// In a small file under the device secret, 0600, until it has ended.
Result<void> keep_enrolling(const std::string& file, const Enrolling& enrolling, const DeviceSecret& device);
// not_found: nothing waits; damaged: altered, or of another device.
Result<Enrolling> read_enrolling(const std::string& file, const DeviceSecret& device);
void forget_enrolling(const std::string& file);

}  // namespace doorstep
