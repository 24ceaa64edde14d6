// Where one is: a stack of stops, home at its bottom.  Kept in route.json of the
// tablet's folder, random ids only (no agency: whose list it was is asked for again), so
// that a start after kill -9 opens where one was.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"

namespace doorstep {

struct Stop {
    enum class At : std::uint8_t {
        home,
        doors,          // of the visit `id`
        door,           // of the household `id`, on the visit below it
        questionnaire,  // `id`; `code` is "summary" where one stands there
        counts,
        referrals,  // of the agency `code`; empty: all
        waiting,
        sync,
        settings,
        officers,
        homes
    } at = At::home;
    Uuid id{};
    std::string code{};
    bool operator==(const Stop&) const = default;
};

// "door/<uuid>": keys the locals of screens.
std::string text_of(const Stop& place);

using Route = std::vector<Stop>;
Route read_route(const std::string& folder);  // at home when there is none, or none that can be read
Result<void> write_route(const std::string& folder, const Route& route);

}  // namespace doorstep
