// What `doorstep` does without a window: a tablet is set up by hand or by a script.
#pragma once

#include <string>
#include <vector>

#include "client/casework/casework.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"

namespace doorstep {

struct VisitToLoad {
    std::string folder;
    std::string file;
    std::string label;
    std::string area;
    std::string day;  // 2026-11-21
    std::string programme = "safer_streets";
    OnDuty on_duty;
};
// Plans the visit when its label is new, and keeps the walk.  What to print.
Result<std::string> load_visit(const VisitToLoad& wanted, const Clock& clock, Random& random);

struct EnrolmentGiven {
    std::string folder;
    std::string endpoint;
    std::string tablet;
    std::string token;
    std::string enrolment;
};
Result<std::string> enrol(const EnrolmentGiven& given, const Clock& clock, Random& random);

// Where a tablet's data is when nobody says so; empty when there is no home folder.
std::string usual_folder();

}  // namespace doorstep
