// `doorstep enrol` by a code or by the text of an invitation's QR picture: the tablet makes its keys, shows
// four words, and waits until the centre's operator has approved it.
#pragma once

#include <functional>
#include <string>

#include "client/app/commands.h"

namespace doorstep {

struct CodeGiven {
    EnrolmentGiven enrolment;     // `ticket` is not used; `endpoint` neither with an invitation
    std::string code;             // typed: "7K3M-Q2ZT"
    std::string invitation;       // instead: the picture's text (wire/invitation.h), or "-": standard input
    std::string authority_words;  // as the operator reads them out; empty: is asked for
    int wait_minutes = 60;
};

// Whoever holds the tablet.
struct EnrolmentTalk {
    // False: no, or nobody is there to say so.
    std::function<bool(const std::string& question)> says_yes;
    std::function<void(const std::string& text)> tell;
    std::function<void(std::int64_t ms)> nap;
};
// On a terminal.
EnrolmentTalk talk_on_terminal();

// What to print.  Cut off at any time, the same command goes on where it was: the code is this tablet's.
// Errors beside those of enrol(): refused: the words differ (then nothing was sent), the code does not hold,
// or the operator declined; unreachable: nobody answered, or nobody approved in time.
Result<std::string> enrol_by_code(const CodeGiven& given, const Clock& clock, const EnrolmentTalk& talk);

// Each enrolment of this tablet since it was set up, a line each: when, as what, where, and how.
Result<std::string> enrolment_record(const TabletPlaces& places);

}  // namespace doorstep
