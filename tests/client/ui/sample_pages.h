// Pages with every widget of the room on them, for checks by marks and for pictures.
#pragma once

#include <string>
#include <vector>

#include "client/ui/ui.h"

namespace doorstep {

struct SamplePage {
    std::string name;
    std::function<void(Ui&)> draw;
};
std::vector<SamplePage> sample_pages();

}  // namespace doorstep
