// Where one is: a stack of stops, home at its bottom.  Kept in route.sealed of the tablet's
// folder (no agency: whose list it was is asked for again), so that a start after kill -9
// opens where one was.  Sealed as rows are: the id of a home is made of its address, and
// whoever has the addresses of a borough could look it up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/vault/sealed_row.h"

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
// At home when there is none, or none that these keys open.
Route read_route(const std::string& folder, const RowKeys& keys);
// One that an older version kept in clear is overwritten and removed.
Result<void> write_route(const std::string& folder, const Route& route, const RowKeys& keys);

}  // namespace doorstep
