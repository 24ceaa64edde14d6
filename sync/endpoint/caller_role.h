// Who may ask for a route.  Each names one; whoever is not it is refused before the route is
// entered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace doorstep {

enum class CallerRole : std::uint8_t {
    nobody,  // a route that was given none: it does not compile
    anyone,  // tells nothing about anybody
    tablet,  // its signed request
    agency,
    lead,
    safeguarding_lead,
    administrator,
};

struct RouteRole {
    std::string method;
    std::string path;
    CallerRole who = CallerRole::nobody;
};
// Of every route that there is, for those who check them.
std::vector<RouteRole> route_roles();

}  // namespace doorstep
