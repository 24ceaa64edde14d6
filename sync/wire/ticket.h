// What a tablet is given at its enrolment, as one line of text that a person can carry in
// a file: who it is, its seed, and the keys of its centre.  A secret: whoever has it can
// send in that tablet's name.
#pragma once

#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/base/uuid.h"

namespace doorstep::wire {

struct Ticket {
    Uuid enrolment;
    std::string tablet;            // "tab-01"
    std::string seed;              // Ed25519, 64 hex digits: requests are signed with it
    std::string sealing_key;       // X25519 public, 32 bytes: questionnaires are sealed to it
    std::string signing_key;       // Ed25519 public, 32 bytes: acknowledgements, licences, orders
    std::string safeguarding_key;  // X25519 public, 32 bytes
    std::string recovery_key;      // X25519 public, 32 bytes
    // SHA-256 of the public keys of the centre's authority and of its spare one, 32 bytes each; the
    // spare may be missing.  No other certificate is trusted.
    std::string authority_pins;
    bool operator==(const Ticket&) const = default;
};

// "doorstep-ticket:2:<base64url>:<8 hex digits of the SHA-256 of all before them>".
std::string encode(const Ticket& ticket);
// Space around the line is nothing.  bad_input, newer_version: says what is wrong, never what
// stood there.  Whether one can seal to the keys is for the vault to ask.
Result<Ticket> decode_ticket(std::string_view line);

}  // namespace doorstep::wire
