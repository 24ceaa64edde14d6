// Which facts are an officer's to record, and which are the centre's or an agency's alone.
#pragma once

#include <string>

#include "sync/operation/operation.h"

namespace doorstep {

// Why it is not taken from a tablet, though it can be read; empty when it is: visits, tries at a door and
// what they ended with, questionnaires, offers and referrals, their corrections, and a resident's
// withdrawal of a referral.  Pure: the same fact gets the same answer whenever the log is read again.
std::string why_not_an_officers(const Operation& operation);

}  // namespace doorstep
