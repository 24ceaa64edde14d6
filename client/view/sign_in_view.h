// Before the records are open: who may open them and with what.  Afterwards: the page on
// which the sign-ins of a tablet are kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/uuid.h"

namespace doorstep {

// How far a tablet is that joins by a code.
enum class JoiningStep : std::uint8_t {
    none,       // address and code are typed
    asking,     // for the centre; seconds
    comparing,  // whether the centre reads out `check_words`
    waiting     // the centre compares `check_words` and lets the tablet in
};

// The tablet has no sign-in yet.
struct SetUpView {
    bool enrolled = false;  // only then can its first team lead be made
    JoiningStep joining = JoiningStep::none;
    std::string check_words;  // "amber canoe ladder picnic"; empty: not known yet
    std::string words;        // what is missing and who does it
    std::string trouble;      // what the last try met with
    bool working = false;     // the keys are being made; some seconds
};

struct SignInPerson {
    Uuid slot;
    std::string name;  // the officer's code: "off-pol-01"
    bool lead = false;
    bool closed = false;  // after too many wrong passphrases; a team lead gives a new one
    std::string note;     // "Closed after ten wrong passphrases. ..."; empty
};

// The lock screen: nothing of any resident stands on it.
struct SignInView {
    std::vector<SignInPerson> people;
    Uuid chosen;             // whose passphrase or PIN is asked for; nil: none yet
    bool by_pin = false;     // the shift of `chosen` goes on: its PIN is enough
    bool can_try = true;     // false: too soon after a wrong one, or nothing more to try
    bool checking = false;   // takes half a second
    std::string trouble;     // "That is not the passphrase. 6 tries are left."
    std::string tablet;      // "tab-01"
    std::string sync_words;  // "3 to send"
};

// After the passphrase: the PIN of this shift.
struct ChoosePinView {
    std::string trouble;
    bool working = false;
};

// The records are being opened.
struct OpeningView {
    std::string words;  // "12,000 of 50,000 records"
    double share = 0;   // 0..1
};

// Who may sign in on this tablet.
struct OfficersView {
    std::vector<SignInPerson> people;
    Uuid own;                    // who is signed in
    bool may_change = false;     // a team lead, by passphrase
    std::string why_not;         // when not
    std::string licence;         // "Officers may sign in on this tablet until 26 December."
    bool licence_ended = false;  // then nothing else can be done here but to renew it
    std::string trouble;
    bool working = false;
};

}  // namespace doorstep
