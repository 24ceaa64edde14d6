// The addresses of an area as one run of bytes, as the centre publishes them: by columns, in the
// order of their streets, so that they compress to a few bytes a home.  The same homes always give
// the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/search/home_address.h"

namespace doorstep {

// By town, road and number: 2 stands before 10.
bool in_street_order(const HomeAddress& a, const HomeAddress& b);

std::string packed_addresses(std::vector<HomeAddress> homes);
// damaged.
Result<std::vector<HomeAddress>> unpacked_addresses(std::string_view bytes);

}  // namespace doorstep
