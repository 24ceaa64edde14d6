// The other opinion on a search: every home read word by word for every question.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/search/household_search.h"

namespace doorstep {

class SearchOracle {
public:
    // Homes as fields, the texts kept.
    struct Home {
        std::string names, flat, building, house, road, locality, town, postcode;
        std::uint64_t uprn = 0;
        HouseholdText text() const;
    };
    struct Word {
        std::string text;
        bool far = false;     // of locality or town
        bool inward = false;  // of a postcode
    };
    void add(Home home);
    const std::vector<Home>& homes() const { return homes_; }

    struct Found {
        std::uint32_t row;
        int edits;
        bool operator==(const Found&) const = default;
    };
    // All that match, best first.
    std::vector<Found> find(std::string_view typed) const;

private:
    std::vector<Home> homes_;
    std::vector<std::vector<Word>> words_;  // of each
};

// Edits between two words, a swap of neighbours being one (no letter is edited twice).
int edits_between(std::string_view a, std::string_view b);

}  // namespace doorstep
