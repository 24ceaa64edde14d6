#include "sync/operation/whose.h"

namespace doorstep {

std::string why_not_an_officers(const Operation& operation) {
    // By their names: a newer tablet would obey a version that is not known here.
    const auto type = type_name(operation);
    if (type == "records_erased")
        return "Only the centre tells what is forgotten, and this came from a tablet.";
    if (type == "clock_corrected")
        return "Only the centre corrects clocks, and this came from a tablet.";
    // In whatever cycle: one that the centre lost with a restore is known to tablets still, and a
    // withdrawal stays, whatever cycles follow.
    const auto* set = std::get_if<ReferralStateSet>(&operation.payload);
    if (set && set->state != ReferralState::withdrawn)
        return "Only the centre and its agency say how a referral stands, and this came from a tablet.";
    return {};
}

}  // namespace doorstep
