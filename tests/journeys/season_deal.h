// The season dealt out by a seed: which door each tablet knocks at, in which
// order, and what is behind it.  Streets are invented (domain: no real one).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "forms/base/random.h"
#include "sync/operation/operation.h"
#include "tests/journeys/season_plan.h"

namespace doorstep::journey {

enum class DoorKind { home, declined, no_answer, partial, again };

struct PlannedDoor {
    DoorKind kind = DoorKind::home;
    std::string tablet;
    std::string road_code;
    DoorAddress address;
    std::vector<const Card*> cards;  // homes only, one at most about each agency
    bool called_back = false;        // homes only
    int tries = 1;                   // no answer only
    std::uint64_t seed = 0;          // of everything else that happens there

    const Card* card_for(const std::string& question) const;
    bool agrees_to(const std::string& agency) const;
};

// One list a visit, in the order of knocking.  `plan` must outlive it.
std::vector<std::vector<PlannedDoor>> deal(const SeasonPlan& plan, std::uint64_t seed);

template<class Item>
void shuffle(std::vector<Item>& items, Random& random) {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace doorstep::journey
