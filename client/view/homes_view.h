// Find a home: every home that this tablet knows, by what is typed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "forms/base/uuid.h"

namespace doorstep {

struct HomeRow {
    Uuid household;
    std::string place;      // "Flat 2, 14A Mill Lane"
    std::string words;      // "WD6 1AA, no answer, Sat 21 Nov"; empty: nothing is known
    bool on_visit = false;  // of this tablet: a tap opens its door
    bool operator==(const HomeRow&) const = default;
};

struct HomesView {
    std::string find;                                  // as it was searched
    std::shared_ptr<const std::vector<HomeRow>> rows;  // the best first; nothing typed: the latest
    std::string more;                                  // "50 of 1,204: type more"; empty: these are all
    std::string progress;                              // what is still being read; empty: nothing
    // A home on no visit of this tablet that was tapped; nil: none.
    Uuid chosen;
    std::string chosen_place;
    bool can_add = false;  // to today's visit
};

}  // namespace doorstep
