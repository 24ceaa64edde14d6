// The one quiet line below the header of a questionnaire, the same on each of its pages:
// where one is at the start, small ways on at the end.
#pragma once

#include <string>
#include <vector>

#include "client/screens/pieces.h"

namespace doorstep::screens {

// The languages of the form, unfolded below the line while one is chosen.
struct Spoken {
    const std::vector<std::string>& languages;
    const std::string& spoken;
    bool& choosing;
};

// The way that was tapped, or -1.
int line_of_ways(Ui& ui, const std::vector<std::string>& where, const std::vector<Link>& ways,
                 const Spoken& spoken, Intents& intents);

// Links side by side that end where `line` ends, their words on its edge.
float width_at_end(const Ui& ui, const std::vector<Link>& all);
int links_at_end(Ui& ui, const Rect& line, const std::vector<Link>& all);

}  // namespace doorstep::screens
