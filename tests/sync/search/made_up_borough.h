// A borough that does not exist, the same for the same seed: homes of roads with houses,
// blocks of flats and named cottages, and the people in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/search/home_address.h"

namespace doorstep {

// About forty homes a road and fifteen a postcode.
std::vector<HomeAddress> made_up_borough(std::size_t homes, std::uint64_t seed = 1);

// Of the home with that number: "Łucja Ashgrove"; some from elsewhere, with their letters.
std::string made_up_name(std::size_t number);

// As a council's gazetteer would give it, with columns that nobody asked for.
std::string as_gazetteer(const std::vector<HomeAddress>& homes);

}  // namespace doorstep
