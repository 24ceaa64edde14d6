// How the screen looks on this tablet: settings.json in its folder.
#pragma once

#include <string>

#include "client/view/choice_of.h"
#include "forms/base/result.h"

namespace doorstep {

struct Look {
    Theme theme = Theme::light;
    int text_percent = 100;  // 100, 135, 200
    bool operator==(const Look&) const = default;
};

// The nearest size that there is.
int text_size_near(int percent);
Look read_look(const std::string& folder);  // what cannot be read is as it begins
Result<void> write_look(const std::string& folder, const Look& look);

}  // namespace doorstep
