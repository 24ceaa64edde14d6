// A tablet joins by a code, or by the text of an invitation's QR picture: it makes its keys, shows four
// words, and waits until the centre's operator has approved it.  For `doorstep enrol` and for the app's
// first page (joining.h).
#pragma once

#include <atomic>
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
    // Once it is true, set by any thread, it ends within seconds.  Must outlive the call.
    const std::atomic<bool>* given_up = nullptr;
};

// Whoever holds the tablet.
struct EnrolmentTalk {
    // Whether the centre reads out these four words.  False: no, or nobody is there to say so.
    std::function<bool(const std::string& words)> centre_says;
    // The four words that are to be read to the centre.
    std::function<void(const std::string& words)> show;
    // What stands in the way just now; it is tried again.  Empty: nothing any more.
    std::function<void(const std::string& trouble)> trouble;
    // False: given up.
    std::function<bool(std::int64_t ms)> nap;
};
// On a terminal.
EnrolmentTalk talk_on_terminal();

// What to print.  Cut off at any time, the same command goes on where it was: the code is this tablet's.
// Errors beside those of enrol(): refused: the words differ (then nothing was sent), the code does not hold,
// or the operator declined; unreachable: nobody answered, or nobody approved in time, or given up.
Result<std::string> enrol_by_code(const CodeGiven& given, const Clock& clock, const EnrolmentTalk& talk);

// Whether a tablet of these places has asked and not heard the end of it.
bool enrolment_waits(const TabletPlaces& places);
// Goes on with that; `code` and `invitation` are not used.  not_found: none waits.
Result<std::string> go_on_enrolling(const CodeGiven& given, const Clock& clock, const EnrolmentTalk& talk);
// The next code begins anew.  What the centre approves meanwhile is not taken.
void forget_waiting(const TabletPlaces& places);

// Each enrolment of this tablet since it was set up, a line each: when, as what, where, and how.
Result<std::string> enrolment_record(const TabletPlaces& places);

}  // namespace doorstep
