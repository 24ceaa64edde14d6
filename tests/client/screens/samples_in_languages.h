// Words of the shipped form in each of its languages, for sample views.
#pragma once

#include <string>
#include <vector>

#include "tests/client/screens/sample_views.h"

namespace doorstep::samples {

struct SpokenPage {
    std::string language, section, alarms, accept, worries, hint;
    std::string before_we_start, who_we_are, free_choice, reason;
    std::vector<Choice> alarm_choices, accept_choices, yes_no;
};
const std::vector<SpokenPage>& spoken_pages();

}  // namespace doorstep::samples
