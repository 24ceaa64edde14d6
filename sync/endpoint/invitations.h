// Letting a tablet in that has no keys yet: a code for minutes, the tablet's question, and the operator's
// word.
//
//   invite_tablet()   a code, of which only a keyed hash is kept
//   /v1/enrol         a tablet that names the code with keys of its own waits from then on
//   approve_tablet()  the operator has compared four words with the tablet's screen: it is enrolled
//
// A code is for one tablet, lives 15 minutes and stands five wrong tries; an address has twenty an hour.
// Whoever names a wrong code hears the same, whether there is such a code, was one, or never was.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/endpoint/endpoint.h"

namespace doorstep {

inline constexpr std::int64_t code_lives_ms = 15 * 60'000;
inline constexpr std::int64_t waiting_lives_ms = 60 * 60'000;          // from the tablet's first question
inline constexpr std::int64_t approved_lives_ms = 7 * 24 * 3'600'000;  // to be fetched by that tablet
inline constexpr int tries_of_code = 5;
inline constexpr int tries_of_address = 20;
inline constexpr std::int64_t tries_of_address_ms = 3'600'000;
inline constexpr std::int64_t open_invitations_max = 200;

struct NewCode {
    std::string code;  // wire/invitation.h; shown once
    std::int64_t until_ms = 0;
};
// What went before for that name ends.  `authority_pins`: what tickets carry.  Errors: bad_input (the name),
// refused (no keys, or too many codes are open).
Result<NewCode> invite_tablet(Endpoint& endpoint, const std::string& tablet,
                              const std::string& authority_pins, const std::string& who = "operator");

enum class InvitationState : std::uint8_t { open, spent, waiting, approved, declined };
struct InvitedTablet {
    std::string tablet;
    InvitationState state = InvitationState::open;
    std::int64_t until_ms = 0;
    std::int64_t asked_ms = 0;  // 0: nobody named its code yet
    int wrong_tries = 0;
    std::string words{};  // while it waits: the four that its screen shows
};
// What has not run out, by name.  Working out words takes a twentieth of a second for each that waits.
Result<std::vector<InvitedTablet>> invited_tablets(Endpoint& endpoint);

// One that waits, with its words.  not_found: nobody waits so.
Result<InvitedTablet> waiting_tablet(Endpoint& endpoint, const std::string& named);

// `named`: the tablet's name, or the code.  `words`: what its screen shows, as the operator compared them.
// Errors: not_found: nobody waits so; refused: other words, so that another tablet asks, or something stands
// between.
Result<Enrolment> approve_tablet(Endpoint& endpoint, const std::string& named, const std::string& words,
                                 const std::string& who = "operator");
// Its code ends; a tablet that waits is told.
Result<std::string> decline_tablet(Endpoint& endpoint, const std::string& named,
                                   const std::string& who = "operator");

}  // namespace doorstep
